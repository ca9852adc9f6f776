import type { NodeConfig, ProfileName } from "../../../core/config.ts";
import { CANDIDATE_NAMES, type CandidateName, PACED } from "../candidates/candidate.ts";
import type { Trial } from "../trials/trial.ts";
import type { Plan } from "./plan.ts";

/** Tables of the report; the workloads of one group have the same columns. */
export type GroupName =
  | "crashes"
  | "calm"
  | "standstills"
  | "anomalies"
  | "partitions"
  | "newcomers";

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
  /** Unless given, all of them; but see `candidatesOf`. */
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

/** In larger clusters its member lists alone cost Lifeguard what hearsay sends. */
const PACED_SIZE_MAX = 512;
const PACED_GROUPS: readonly GroupName[] = ["crashes", "calm", "standstills"];

/** By datagrams alone a trial takes minutes in larger clusters: there hearsay runs as the daemon does. */
const BY_DATAGRAMS_SIZE_MAX = 128;

/** A pace is compared where it is what matters: in how soon and how wrongly ends are told. */
function candidatesOf({ candidates, group }: Workload, size: number): readonly CandidateName[] {
  if (candidates !== undefined) return candidates;
  return CANDIDATE_NAMES.filter((name) => {
    if (name === PACED) return size <= PACED_SIZE_MAX && PACED_GROUPS.includes(group);
    return name !== "hearsay-udp" || size <= BY_DATAGRAMS_SIZE_MAX;
  });
}

/** Whether it runs hearsay's own code, and so has its profiles and parameters. */
export function isOurs(candidate: CandidateName): boolean {
  return candidate === "hearsay" || candidate === "hearsay-udp";
}

/** The cases of a workload at these sizes. Trial i has the seed `rngSeed` + i for everybody. */
export function casesOf(
  workload: Workload,
  sizes: readonly number[],
  rngSeed: number,
  trialsMax = Number.POSITIVE_INFINITY,
): BenchmarkCase[] {
  return sizes.flatMap((size) =>
    candidatesOf(workload, size).map((candidate) => {
      const count = Math.min(workload.trials(size), trialsMax);
      const trials = Array.from(
        { length: count },
        (_, index): Trial => ({
          plan: workload.plan(size),
          ...{ candidate, size, rngSeed: rngSeed + index },
          profile: workload.profile ?? "lan",
          config: isOurs(candidate) ? (workload.config ?? {}) : {},
          pace: 1,
        }),
      );
      return { workload, size, candidate, trials };
    }),
  );
}
