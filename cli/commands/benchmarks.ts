import type { CommandModule } from "yargs";
import {
  BESIDE_NAMES,
  type BenchChoice,
  type BesideName,
  makePlan,
  ROW_NAMES,
} from "../../src/bench/cluster/plan.ts";
import type { DetectorChoice } from "../../src/bench/detector/detector-plan.ts";
import {
  DISCOVERY_ROWS,
  type DiscoveryChoice,
  makeDiscoveryPlan,
} from "../../src/bench/discovery/discovery-plan.ts";
import type { DiskChoice } from "../../src/bench/disk/run-disk.ts";
import { type FuzzChoice, TARGET_NAMES } from "../../src/bench/fuzz/target.ts";
import { POOL_ROWS, type PoolRow } from "../../src/bench/pools/pool-rows.ts";
import { PRESET_NAMES, type Preset } from "../../src/bench/preset.ts";
import type { SoakChoice } from "../../src/bench/soak/run-soak.ts";
import {
  countOption,
  jsonOption,
  listOption,
  PROFILE_NAMES,
  parseCounts,
  parseDuration,
  parseRows,
  rngSeedOption,
  textOption,
  valueOption,
} from "../options.ts";
import { openOutput } from "../output.ts";

/** How much is measured. */
function presetOption(describe: string) {
  return { describe, choices: PRESET_NAMES, default: "full" as const };
}

/** Which rows of a table. */
function rowsOption<Name extends string>(names: readonly Name[]) {
  return valueOption("--rows", `Which rows, of ${names.join(",")} [all]`, (option, text) =>
    parseRows(option, text, names),
  );
}

type ClusterArgs = Omit<BenchChoice, "idleMs" | "stableMs"> & {
  readonly beside?: BesideName | undefined;
  readonly idle?: number | undefined;
  readonly stable?: number | undefined;
  readonly json: boolean;
};

const cluster: CommandModule<object, ClusterArgs> = {
  command: "cluster",
  describe: "Measure clusters of real processes on this machine, beside Serf where it is installed",
  builder: (yargs) =>
    yargs.options({
      preset: presetOption("full: the table; short: each row once, to see that it works"),
      rows: rowsOption(ROW_NAMES),
      beside: {
        describe: "What else to measure; auto: serf if it is on PATH [auto, in short: none]",
        choices: BESIDE_NAMES,
      },
      profile: { describe: "Pace of both [lan]", choices: PROFILE_NAMES },
      runs: countOption("--runs", "Runs for each figure [5]", 1, 1_000),
      sizes: valueOption(
        "--sizes",
        "Cluster sizes of kill and start [5,10,30; 5,30]",
        (option, text) => parseCounts(option, text, 3, 100),
      ),
      nodes: countOption("--nodes", "Cluster size of stable [60]", 3, 200),
      idle: valueOption("--idle", "How long idle lasts [2m]", parseDuration),
      stable: valueOption("--stable", "How long stable lasts [2m]", parseDuration),
      json: jsonOption,
    }),
  handler: async ({ beside, json, idle, stable, ...choice }) => {
    const { runBench } = await import("../../src/bench/cluster/run-bench.ts");
    const plan = makePlan({ ...choice, idleMs: idle, stableMs: stable });
    const whom = beside ?? (choice.preset === "short" ? "none" : "auto");
    await runBench(plan, whom, openOutput({ json }));
  },
};

type DetectorArgs = Pick<DetectorChoice, "preset" | "runs"> & {
  readonly workload?: readonly string[] | undefined;
  readonly n?: readonly number[] | undefined;
  readonly rngSeed?: number | undefined;
  readonly out?: string | undefined;
  readonly json: boolean;
};

const detector: CommandModule<object, DetectorArgs> = {
  command: "detector",
  describe: "Compare hearsay, with and without TCP, with SWIM and Lifeguard in the simulator",
  builder: (yargs) =>
    yargs.options({
      preset: presetOption(
        "full: the whole comparison, a quarter of an hour on two idle cores; short: to see that it works",
      ),
      workload: valueOption(
        "--workload",
        "Which workloads or groups of them, with commas between [all]",
        (_, text) => text.split(","),
      ),
      n: valueOption(
        "--n",
        "Which cluster sizes, with commas between [those of the workload]",
        (option, text) => parseCounts(option, text, 2, 4096),
      ),
      runs: countOption("--runs", "Most runs of a row [as many as its workload has]", 1, 1_000),
      "rng-seed": rngSeedOption(
        "Seed of the random numbers; the same seed gives the same figures [1]",
      ),
      out: textOption("--out", "Markdown document to write the report into, between its marks"),
      json: jsonOption,
    }),
  handler: async ({ preset, workload, n, runs, rngSeed = 1, out, json }) => {
    const [{ chooseCases }, { runDetectorBench }, { packageVersion }] = await Promise.all([
      import("../../src/bench/detector/detector-plan.ts"),
      import("../../src/bench/detector/run-detector.ts"),
      import("../../src/daemon/version.ts"),
    ]);
    const cases = chooseCases({ preset, workloads: workload, sizes: n, runs, rngSeed });
    const command = [
      `hearsay bench detector --preset ${preset}`,
      ...(workload === undefined ? [] : [`--workload ${workload.join(",")}`]),
      ...(n === undefined ? [] : [`--n ${n.join(",")}`]),
      ...(runs === undefined ? [] : [`--runs ${runs}`]),
      `--rng-seed ${rngSeed}`,
    ].join(" ");
    const run = { cases, command, version: packageVersion(), out };
    await runDetectorBench(run, openOutput({ json }));
  },
};

const discovery: CommandModule<object, DiscoveryChoice & { readonly json: boolean }> = {
  command: "discovery",
  describe: "Measure what consumers see: HAProxy over DNS, a cascade, watchers, requests a second",
  builder: (yargs) =>
    yargs.options({
      preset: presetOption(
        "full: the table, some minutes; short: each row once, to see that it works",
      ),
      rows: rowsOption(DISCOVERY_ROWS),
      profile: { describe: "Pace of kill, leave and cascade [local]", choices: PROFILE_NAMES },
      runs: countOption("--runs", "Runs for each figure [5]", 1, 100),
      json: jsonOption,
    }),
  handler: async ({ json, ...choice }) => {
    const { runDiscoveryBench } = await import("../../src/bench/discovery/run-discovery.ts");
    await runDiscoveryBench(makeDiscoveryPlan(choice), openOutput({ json }));
  },
};

function presets(full: string) {
  return presetOption(`full: figures, ${full}; short: to see that it works`);
}

const faults: CommandModule<object, { readonly preset: Preset; readonly json: boolean }> = {
  command: "faults",
  describe: "Measure how accurate the fault gate's delays are, and what the gate costs a datagram",
  builder: (yargs) => yargs.options({ preset: presets("half a minute"), json: jsonOption }),
  handler: async ({ preset, json }) => {
    const { runFaultsBench } = await import("../../src/bench/faults/run-faults.ts");
    await runFaultsBench(preset, openOutput({ json }));
  },
};

type KeysArgs = { readonly preset: Preset; readonly nodes: number | undefined };

const keys: CommandModule<object, KeysArgs & { readonly json: boolean }> = {
  command: "keys",
  describe: "Measure what encryption costs a datagram, and a change of keys under loss",
  builder: (yargs) =>
    yargs.options({
      preset: presets("a minute"),
      nodes: countOption("--nodes", "Daemons that change their key [30]", 2, 100),
      json: jsonOption,
    }),
  handler: async ({ preset, nodes, json }) => {
    const { runKeysBench } = await import("../../src/bench/keys/run-keys.ts");
    await runKeysBench(preset, nodes, openOutput({ json }));
  },
};

const disk: CommandModule<object, DiskChoice & { readonly json: boolean }> = {
  command: "disk",
  describe: "Measure how a cluster recovers from a loss of power, from its data directories alone",
  builder: (yargs) =>
    yargs.options({
      preset: presets("some minutes"),
      nodes: countOption("--nodes", "Daemons [10]", 2, 100),
      runs: countOption("--runs", "Runs for each figure [5]", 1, 100),
      json: jsonOption,
    }),
  handler: async ({ json, ...choice }) => {
    const { runDiskBench } = await import("../../src/bench/disk/run-disk.ts");
    await runDiskBench(choice, openOutput({ json }));
  },
};

interface PoolsArgs {
  readonly preset: Preset;
  readonly rows?: readonly PoolRow[] | undefined;
  readonly json: boolean;
  readonly inNamespace?: boolean | undefined;
}

const pools: CommandModule<object, PoolsArgs> = {
  command: "pools",
  describe: "Measure what a guest sees when a Serf pool breaks (Linux, as root)",
  builder: (yargs) =>
    yargs.options({
      preset: presets("some minutes"),
      rows: rowsOption(POOL_ROWS),
      json: jsonOption,
      "in-namespace": { type: "boolean", hidden: true },
    }),
  handler: async ({ preset, rows = POOL_ROWS, json, inNamespace }) => {
    if (inNamespace !== true) {
      const { runInOwnNamespace } = await import("../scenario/own-namespace.ts");
      process.exitCode = await runInOwnNamespace("bench pools");
      return;
    }
    const { runPoolsBench } = await import("../../src/bench/pools/run-pools.ts");
    await runPoolsBench(preset, rows, openOutput({ json }));
  },
};

const start: CommandModule<object, { readonly runs: number | undefined; readonly json: boolean }> =
  {
    command: "start",
    describe: "Measure how fast the command and a daemon start, beside Node alone",
    builder: (yargs) =>
      yargs.options({
        runs: countOption("--runs", "Runs for each figure [10]", 1, 1_000),
        json: jsonOption,
      }),
    handler: async ({ runs = 10, json }) => {
      const { runStartBench } = await import("../../src/bench/start/run-start.ts");
      await runStartBench({ runs }, openOutput({ json }));
    },
  };

const fuzz: CommandModule<object, FuzzChoice & { readonly json: boolean }> = {
  command: "fuzz",
  describe: "Feed mutated input to each parser of untrusted bytes, and find what breaks it",
  builder: (yargs) =>
    yargs.options({
      targets: valueOption("--targets", `Which, of ${TARGET_NAMES.join(",")} [all]`, (o, text) =>
        parseRows(o, text, TARGET_NAMES),
      ),
      for: valueOption("--for", "How long for each target [30s]", parseDuration),
      runs: countOption("--runs", "Inputs for each target, in place of a time", 1, 1e9),
      "rng-seed": rngSeedOption("Same seed and --runs, same inputs [1]"),
      corpus: textOption("--corpus", "Folder of inputs to begin with, and to keep new ones in"),
      replay: listOption("Run the inputs in these files, and nothing else"),
      json: jsonOption,
    }),
  handler: async ({ json, ...choice }) => {
    const { runFuzz } = await import("../../src/bench/fuzz/run-fuzz.ts");
    await runFuzz(choice, openOutput({ json }));
  },
};

const soak: CommandModule<object, SoakChoice & { readonly json: boolean }> = {
  command: "soak",
  describe: "Run daemons under a random fault every 5 s; memory, handles and queues must stay flat",
  builder: (yargs) =>
    yargs.options({
      for: valueOption("--for", "How long [1h]", parseDuration),
      nodes: countOption("--nodes", "Daemons [10]", 3, 100),
      profile: { describe: "Their pace [lan]", choices: PROFILE_NAMES },
      "rng-seed": rngSeedOption("Same seed, same faults [1]"),
      json: jsonOption,
    }),
  handler: async ({ json, ...choice }) => {
    const { runSoak } = await import("../../src/bench/soak/run-soak.ts");
    await runSoak(choice, openOutput({ json }));
  },
};

/** The commands below `hearsay bench`. */
export const BENCHMARKS = [
  ...[cluster, detector, discovery, faults, keys, disk, pools, start, fuzz, soak],
] as unknown as readonly CommandModule[];
