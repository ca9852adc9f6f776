import type { NodeConfig, ProfileName } from "../../../core/config.ts";
import type { Millis } from "../../../core/member.ts";
import type { CandidateName } from "../candidates/candidate.ts";
import type { Plan } from "../workloads/plan.ts";
import { sufferAnomalies, sufferStandstill } from "./anomalies.ts";
import { BenchmarkCluster } from "./benchmark-cluster.ts";
import { crashMany, crashOneByOne } from "./crashes.ts";
import { FalseDeathTally } from "./false-deaths.ts";
import type { CountName, TimeName, TrialBench } from "./measures.ts";
import { joinAtOnce, restartInTurn } from "./newcomers.ts";
import { splitAndHeal } from "./partitions.ts";

/** One run of one candidate. Everything in it crosses to a worker thread and back. */
export interface Trial {
  readonly plan: Plan;
  readonly candidate: CandidateName;
  readonly size: number;
  readonly rngSeed: number;
  readonly profile: ProfileName;
  /** Values that differ from the profile's, for hearsay alone. */
  readonly config: Partial<NodeConfig>;
  /** Factor on the intervals of `lifeguard-same-traffic`. */
  readonly pace: number;
}

/** What one trial measured. */
export interface TrialResult {
  readonly times: Partial<Record<TimeName, Millis[]>>;
  readonly counts: Partial<Record<CountName, number>>;
  readonly datagrams: number;
  /** Segments of TCP. */
  readonly segments: number;
  /** Payload of both, and the headers of the segments. */
  readonly bytes: number;
  /** Running time of all nodes together, while these were counted. */
  readonly nodeMs: Millis;
}

/** Detectors have samples, and phases are spread, when the faults begin. */
const WARM_UP_MS = 6000;

/** Runs one trial in virtual time. Equal trials have equal results. */
export function runTrial(trial: Trial): TrialResult {
  const { plan, ...options } = trial;
  const cluster = new BenchmarkCluster(options);
  const tally = new FalseDeathTally(cluster);
  const times: TrialResult["times"] = {};
  const counts: TrialResult["counts"] = {};
  const bench: TrialBench = {
    cluster,
    tally,
    time: (name, tookMs) => {
      const list = times[name] ?? [];
      times[name] = list;
      list.push(tookMs);
    },
    count: (name, howMany) => {
      counts[name] = (counts[name] ?? 0) + howMany;
    },
  };
  if (plan.kind !== "join-burst") warmUp(cluster);
  const before = cluster.usage();
  perform(plan, bench);
  const after = cluster.usage();
  tally.report(bench);
  return {
    times,
    counts,
    datagrams: after.datagrams - before.datagrams,
    segments: after.segments - before.segments,
    bytes: after.bytes - before.bytes,
    nodeMs: after.nodeMs - before.nodeMs,
  };
}

function warmUp(cluster: BenchmarkCluster): void {
  cluster.startConverged();
  // A random end, so that no fault knows the phase of a probe.
  cluster.run(WARM_UP_MS + 2000 * cluster.rng.next());
}

function perform(plan: Plan, bench: TrialBench): void {
  switch (plan.kind) {
    case "crash":
      crashOneByOne(plan, bench);
      return;
    case "mass-crash":
      crashMany(plan, bench);
      return;
    case "calm":
      bench.cluster.loss(plan.loss);
      bench.cluster.run(plan.forMs);
      return;
    case "freeze":
    case "pause":
      sufferStandstill(plan, bench);
      return;
    case "anomalies":
      sufferAnomalies(plan, bench);
      return;
    case "partition":
      splitAndHeal(plan, bench);
      return;
    case "rolling-restart":
      restartInTurn(plan, bench);
      return;
    case "join-burst":
      joinAtOnce(bench);
  }
}
