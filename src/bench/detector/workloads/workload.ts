import type { NodeConfig, ProfileName } from "../../../core/config.ts";
import { CANDIDATE_NAMES, type CandidateName } from "../candidates/candidate.ts";
import type { Trial } from "../trials/trial.ts";
import type { Plan } from "./plan.ts";

/** Tables of the report; the workloads of one group have the same columns. */
export type GroupName = "crashes" | "calm" | "anomalies" | "partitions" | "newcomers";

/** A named preset: what happens, to how many, how often. */
export interface Workload {
  readonly name: string;
  readonly group: GroupName;
  /** One plain sentence. */
  readonly title: string;
  /** Sizes of the full run. */
  readonly sizes: readonly number[];
  readonly plan: (size: number) => Plan;
  readonly trials: (size: number) => number;
  /** All of them unless given. */
  readonly candidates?: readonly CandidateName[];
  /** `lan` unless given. */
  readonly profile?: ProfileName;
  readonly config?: Partial<NodeConfig>;
}

/** One row of the report: a workload at one size with one candidate. */
export interface BenchmarkCase {
  readonly workload: Workload;
  readonly size: number;
  readonly candidate: CandidateName;
  readonly trials: readonly Trial[];
}

/** The cases of a workload at these sizes. Trial i has the seed `rngSeed` + i for everybody. */
export function casesOf(
  workload: Workload,
  sizes: readonly number[],
  rngSeed: number,
  trialsMax = Number.POSITIVE_INFINITY,
): BenchmarkCase[] {
  const candidates = workload.candidates ?? CANDIDATE_NAMES;
  return sizes.flatMap((size) =>
    candidates.map((candidate) => {
      const count = Math.min(workload.trials(size), trialsMax);
      const trials = Array.from(
        { length: count },
        (_, index): Trial => ({
          plan: workload.plan(size),
          ...{ candidate, size, rngSeed: rngSeed + index },
          profile: workload.profile ?? "lan",
          config: candidate === "hearsay" ? (workload.config ?? {}) : {},
        }),
      );
      return { workload, size, candidate, trials };
    }),
  );
}
