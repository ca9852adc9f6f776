import type { CommandModule } from "yargs";
import type { FaultsPreset } from "../../src/bench/faults/run-faults.ts";

interface BenchFaultsArgs {
  readonly preset: FaultsPreset;
  readonly json: boolean;
}

export const benchFaultsCommand: CommandModule<object, BenchFaultsArgs> = {
  command: "faults",
  describe: "How exact the fault gate's delays are, and what a datagram pays for the gate",
  builder: (yargs) =>
    yargs.options({
      preset: {
        describe: "full: figures, half a minute; short: to see that it works",
        choices: ["short", "full"] as const,
        default: "full" as const,
      },
      json: { describe: "JSON for programs instead of text", type: "boolean", default: false },
    }),
  handler: async ({ preset, json }) => {
    const [{ runFaultsBench }, { openOutput }] = await Promise.all([
      import("../../src/bench/faults/run-faults.ts"),
      import("../output.ts"),
    ]);
    await runFaultsBench(preset, openOutput({ json }));
  },
};
