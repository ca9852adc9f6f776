import { SimCluster } from "../../../src/sim/sim-cluster.ts";
import type { DilemmaPlan } from "./dilemma-plan.ts";
import type { Observation, Sample, Stretch } from "./judges.ts";

const [OBSERVER, SLOW, CRASHES] = ["n1", "n2", "n3"] as const;
const LOOK_MS = 5;
/** Datagrams that take 2 to 22 ms: a rhythm that has to be learned. */
const DELAY = { latencyMs: 2, jitterMs: 20 };

/** The same daemons in virtual time. */
export function observeSim(plan: DilemmaPlan, rngSeed: number): Observation {
  const cluster = new SimCluster({
    rngSeed,
    profile: plan.profile,
    delay: DELAY,
    keepsEvents: false,
  });
  cluster.startConverged([OBSERVER, SLOW, CRASHES, "n4"]);
  cluster.run(plan.warmMs);
  const watch = (member: string, forMs: number): Sample[] => {
    const samples: Sample[] = [];
    for (const endMs = cluster.nowMs + forMs; cluster.nowMs < endMs; ) {
      cluster.run(LOOK_MS);
      const seen = cluster.snapshot(OBSERVER).members.find(({ record }) => record.name === member);
      if (seen === undefined) continue;
      const { phi, lastHeardMs } = seen;
      samples.push({ atMs: cluster.nowMs, phi, silentMs: lastHeardMs ?? 0 });
    }
    return samples;
  };
  const pauses: Stretch[] = [];
  const slow: Sample[] = [];
  for (const pauseMs of plan.pausesMs) {
    slow.push(...watch(SLOW, plan.betweenMs));
    const fromMs = cluster.nowMs;
    cluster.freeze(SLOW);
    slow.push(...watch(SLOW, pauseMs));
    cluster.thaw(SLOW);
    pauses.push({ fromMs, toMs: cluster.nowMs });
  }
  slow.push(...watch(SLOW, plan.betweenMs));
  const crashedAtMs = cluster.nowMs;
  cluster.crashHost(CRASHES);
  return { slow, pauses, crashed: watch(CRASHES, plan.crashMs), crashedAtMs };
}
