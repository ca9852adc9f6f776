import { PACED } from "../candidates/candidate.ts";
import type { Trial, TrialResult } from "../trials/trial.ts";
import type { BenchmarkCase } from "./workload.ts";
import { IDLE } from "./workloads.ts";

/** The pace beside 1 that shows which part of Lifeguard's traffic goes with its pace. */
const HALF = 0.5;
/** It is never slower than by default, and not so fast that an answer has no time to come. */
const PACE = { min: 0.02, max: 1 };

/** The sizes for which a pace is wanted. */
export function pacedSizes(cases: readonly BenchmarkCase[]): number[] {
  return [...new Set(cases.flatMap(({ candidate, size }) => (candidate === PACED ? [size] : [])))];
}

/** The trials that a pace at this size is found from: hearsay when idle, and Lifeguard at two paces. */
export function pacingTrials(size: number, rngSeed: number): Trial[] {
  const idle = { plan: IDLE, size, rngSeed, profile: "lan", config: {} } as const;
  return [
    { ...idle, candidate: "hearsay", pace: 1 },
    { ...idle, candidate: PACED, pace: 1 },
    { ...idle, candidate: PACED, pace: HALF },
  ];
}

/**
 * The pace at which Lifeguard sends as many bytes a second as hearsay, when both are idle; from the
 * results of `pacingTrials`, in their order.
 */
export function paceOf(results: readonly Pick<TrialResult, "bytes" | "nodeMs">[]): number {
  const [wanted = 0, atDefault = 0, atHalf = 0] = results.map(
    ({ bytes, nodeMs }) => bytes / nodeMs,
  );
  // Of its bytes, one part goes with 1 / pace, and the rest stays.
  const pacedPart = (atHalf - atDefault) / (1 / HALF - 1);
  const leftForIt = wanted - (atDefault - pacedPart);
  if (leftForIt <= 0) return PACE.max;
  return Math.min(PACE.max, Math.max(PACE.min, pacedPart / leftForIt));
}

/** The same cases, the paced candidate at the pace for its size. */
export function withPaces(
  cases: readonly BenchmarkCase[],
  paces: ReadonlyMap<number, number>,
): BenchmarkCase[] {
  return cases.map((measured) => {
    const pace = measured.candidate === PACED ? paces.get(measured.size) : undefined;
    if (pace === undefined) return measured;
    return { ...measured, trials: measured.trials.map((trial) => ({ ...trial, pace })) };
  });
}
