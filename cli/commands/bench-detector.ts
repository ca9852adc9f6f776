import type { CommandModule } from "yargs";
import type { DetectorPreset } from "../../src/bench/detector/detector-plan.ts";
import { once, parseCount } from "../options.ts";

interface BenchDetectorArgs {
  readonly preset: DetectorPreset;
  readonly workload?: readonly string[] | undefined;
  readonly n?: readonly number[] | undefined;
  readonly rngSeed?: number | undefined;
  readonly out?: string | undefined;
  readonly json: boolean;
}

const SIZE = { min: 2, max: 4096 };
const RNG_SEED_MAX = 0xffff_ffff;

export const benchDetectorCommand: CommandModule<object, BenchDetectorArgs> = {
  command: "detector",
  describe: "Compare hearsay with SWIM and SWIM + Lifeguard in the simulator",
  builder: (yargs) =>
    yargs.options({
      preset: {
        describe: "full: the whole comparison, an hour on two cores; short: to see that it works",
        choices: ["short", "full"] as const,
        default: "full" as const,
      },
      workload: {
        describe: "Which workloads or groups of them, with commas between [all]",
        type: "string",
        requiresArg: true,
        coerce: (value: unknown) => once("--workload")(value)?.split(","),
      },
      n: {
        describe: "Which cluster sizes, with commas between [those of the workload]",
        type: "string",
        requiresArg: true,
        coerce: (value: unknown) =>
          once("--n")(value)
            ?.split(",")
            .map((text) => parseCount("--n", text, SIZE.min, SIZE.max)),
      },
      "rng-seed": {
        describe: "Where all chance begins; the same seed gives the same figures [1]",
        type: "string",
        requiresArg: true,
        coerce: (value: unknown) => {
          const text = once("--rng-seed")(value);
          return text === undefined ? undefined : parseCount("--rng-seed", text, 0, RNG_SEED_MAX);
        },
      },
      out: {
        describe: "Markdown document to write the report into, between its marks",
        type: "string",
        requiresArg: true,
        coerce: once("--out"),
      },
      json: { describe: "JSON for programs instead of text", type: "boolean", default: false },
    }),
  handler: async ({ preset, workload, n, rngSeed = 1, out, json }) => {
    const [{ chooseCases }, { runDetectorBench }, { openOutput }, { packageVersion }] =
      await Promise.all([
        import("../../src/bench/detector/detector-plan.ts"),
        import("../../src/bench/detector/run-detector.ts"),
        import("../output.ts"),
        import("../../src/daemon/version.ts"),
      ]);
    const cases = chooseCases({ preset, workloads: workload, sizes: n, rngSeed });
    const command = [
      `hearsay bench detector --preset ${preset}`,
      ...(workload === undefined ? [] : [`--workload ${workload.join(",")}`]),
      ...(n === undefined ? [] : [`--n ${n.join(",")}`]),
      `--rng-seed ${rngSeed}`,
    ].join(" ");
    await runDetectorBench(
      { cases, command, version: packageVersion(), out },
      openOutput({ json }),
    );
  },
};
