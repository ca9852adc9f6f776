import type { CommandModule } from "yargs";
import type { ProfileName } from "../../src/core/config.ts";
import {
  BESIDE_NAMES,
  type BesideName,
  makePlan,
  PRESET_NAMES,
  type PresetName,
  parseRows,
  parseSizes,
  ROW_NAMES,
  type RowName,
} from "../../src/bench/cluster/plan.ts";
import { once, parseCount, parseDuration } from "../options.ts";
import { benchDetectorCommand } from "./bench-detector.ts";
import { benchDiscoveryCommand } from "./bench-discovery.ts";
import { benchFaultsCommand } from "./bench-faults.ts";

interface BenchClusterArgs {
  readonly preset: PresetName;
  readonly rows?: readonly RowName[] | undefined;
  readonly beside?: BesideName | undefined;
  readonly profile?: ProfileName | undefined;
  readonly runs?: number | undefined;
  readonly sizes?: readonly number[] | undefined;
  readonly nodes?: number | undefined;
  readonly idle?: number | undefined;
  readonly stable?: number | undefined;
  readonly json: boolean;
}

const benchClusterCommand: CommandModule<object, BenchClusterArgs> = {
  command: "cluster",
  describe: "Measure clusters of real processes on this machine, beside Serf where it is installed",
  builder: (yargs) =>
    yargs.options({
      preset: {
        describe: "full: the table; short: each row once, to see that it works",
        choices: PRESET_NAMES,
        default: "full" as const,
      },
      rows: valueOption("--rows", `Which rows, of ${ROW_NAMES.join(",")} [all]`, parseRows),
      beside: {
        describe: "Whom to measure as well; auto: serf where it is on PATH [auto, in short: none]",
        choices: BESIDE_NAMES,
      },
      profile: { describe: "Pace of both [lan]", choices: ["local", "lan", "wan"] as const },
      runs: valueOption("--runs", "Runs that a figure is made of [5]", countBetween(1, 1_000)),
      sizes: valueOption("--sizes", "Cluster sizes of kill and start [5,10,30; 5,30]", parseSizes),
      nodes: valueOption("--nodes", "Cluster size of stable [60]", countBetween(3, 200)),
      idle: valueOption("--idle", "How long idle lasts [2m]", parseDuration),
      stable: valueOption("--stable", "How long stable lasts [2m]", parseDuration),
      json: { describe: "JSON for programs instead of text", type: "boolean", default: false },
    }),
  handler: async ({ beside, json, idle, stable, ...choice }) => {
    const [{ runBench }, { openOutput }] = await Promise.all([
      import("../../src/bench/cluster/run-bench.ts"),
      import("../output.ts"),
    ]);
    const plan = makePlan({ ...choice, idleMs: idle, stableMs: stable });
    const whom = beside ?? (choice.preset === "short" ? "none" : "auto");
    await runBench(plan, whom, openOutput({ json }));
  },
};

export const benchCommand: CommandModule = {
  command: "bench",
  describe: "Measure hearsay on this machine",
  builder: (yargs) =>
    yargs
      .command(benchClusterCommand)
      .command(benchDetectorCommand)
      .command(benchDiscoveryCommand)
      .command(benchFaultsCommand)
      .demandCommand(
        1,
        "which benchmark? hearsay bench cluster measures real processes, hearsay bench detector simulates",
      ),
  handler: () => {},
};

/** An option whose absence leaves the decision to the preset. */
function valueOption<T>(
  option: string,
  describe: string,
  parse: (option: string, text: string) => T,
) {
  const single = once(option);
  return {
    describe,
    type: "string",
    requiresArg: true,
    coerce: (value: unknown): T | undefined => {
      const text = single(value);
      return text === undefined ? undefined : parse(option, text);
    },
  } as const;
}

function countBetween(min: number, max: number) {
  return (option: string, text: string) => parseCount(option, text, min, max);
}
