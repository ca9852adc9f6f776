import type { ExperimentProgress, ExperimentResult } from "../../src/sim/experiment/experiment.ts";
import type { ExperimentOptions } from "../../src/sim/experiment/experiment-options.ts";
import { UsageError } from "../errors.ts";
import { type Output, printJson } from "../output.ts";
import { formatExperiment } from "./format-experiment.ts";
import { countPortion } from "./portions.ts";
import { ProgressLine } from "./progress-line.ts";
import type { SimArgs } from "./run-sim.ts";
import { doInWorker } from "./work.ts";

/** A view of a member takes so much, and a node beside its view; seen with 2,048 nodes, rounded up. */
const BYTES_PER_VIEW_ENTRY = 1_300;
const MIB_PER_NODE = 0.5;
const HEAP_MIB_MIN = 1_024;

/** One cluster of any size: progress while it runs, then a table and a timeline. */
export async function runExperimentCommand(args: SimArgs, output: Output): Promise<void> {
  const options = experimentOptions(args);
  const heapMiB = heapFor(options.nodes);
  output.talk(
    `${options.nodes} nodes for ${options.durationMs / 1000} virtual seconds, rng seed ${options.rngSeed}`,
  );
  const startedMs = performance.now();
  const progress = new ProgressLine();
  let result: ExperimentResult | undefined;
  await doInWorker({ kind: "experiment", options }, heapMiB, (word) => {
    if (word.kind === "experiment") result = word.result;
    if (word.kind === "progress") {
      progress.show(() => progressText(word.progress, performance.now() - startedMs));
    }
  });
  progress.clear();
  if (result === undefined) return;
  const tookS = (performance.now() - startedMs) / 1000;
  if (printJson(output, { v: 1, tookS, ...result })) return;
  for (const line of formatExperiment(result, tookS, output.style)) output.data(line);
}

/** @throws UsageError where more is to be hit than there is */
export function experimentOptions(args: SimArgs): ExperimentOptions {
  const { nodes, profile, loss, refusals } = args;
  const crashes = countPortion(args.crash, nodes);
  const hostCrashes = countPortion(args["host-crash"], nodes);
  const stalls = countPortion(args.stall, nodes);
  const partitioned = countPortion(args.partition, nodes);
  const hit = crashes + hostCrashes + stalls;
  if (hit > nodes) {
    throw new UsageError(
      `--crash, --host-crash and --stall hit ${hit} of ${nodes} nodes; each can be hit once, so lower them or raise --nodes`,
    );
  }
  if (partitioned >= nodes && partitioned > 0) {
    throw new UsageError(
      `--partition: ${partitioned} of ${nodes} nodes leave no other side; take fewer`,
    );
  }
  return {
    rngSeed: args.rngSeed ?? 1,
    nodes,
    profile,
    network: args.network ?? (profile === "wan" ? "wan" : "lan"),
    loss,
    refusals,
    start: args.join ? "join" : "converged",
    durationMs: args.duration,
    crashes,
    hostCrashes,
    stalls,
    stallMs: args["stall-for"],
    partitioned,
    partitionMs: args["partition-for"],
    faultsAtMs: args.at ?? null,
  };
}

function heapFor(nodes: number): number {
  const viewsMiB = (nodes * nodes * BYTES_PER_VIEW_ENTRY) / 2 ** 20;
  return Math.round(Math.max(HEAP_MIB_MIN, viewsMiB + nodes * MIB_PER_NODE));
}

function progressText(
  { atMs, durationMs, steps, running }: ExperimentProgress,
  tookMs: number,
): string {
  const rate = Math.round(steps / (tookMs / 1000));
  const leftS = ((tookMs / Math.max(1, atMs)) * (durationMs - atMs)) / 1000;
  return `${(atMs / 1000).toFixed(1)} of ${durationMs / 1000} s, ${running} running, ${rate} steps/s, about ${leftS.toFixed(0)} s left`;
}
