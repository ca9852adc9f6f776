import type { MemberName } from "../../../core/member.ts";
import { sample } from "../../../core/primitives/rng.ts";
import { EndWatch } from "../../../sim/end-watch.ts";
import type { Anomaly, Plan } from "../workloads/plan.ts";
import { type TrialBench, timeWhole } from "./measures.ts";

/** After the faults, how long the views may take to be whole again. */
const WHOLE_WITHIN_MS = 60_000;
const AFTER_STANDSTILL_MS = 10_000;

/** One process stands still once, or one machine does. */
export function sufferStandstill(
  { kind, forMs }: Extract<Plan, { kind: "freeze" | "pause" }>,
  bench: TrialBench,
): void {
  const { cluster, tally } = bench;
  for (const name of sample(cluster.rng, cluster.names, 1)) {
    tally.markFaulty(name);
    noteWhoIsTold(name, bench);
    if (kind === "freeze") cluster.freezeFor(name, forMs);
    else cluster.pauseMachineFor(name, forMs);
  }
  cluster.run(forMs);
  cluster.run(AFTER_STANDSTILL_MS);
}

/** From now on: when the first and when the last of the others is told that it is frozen. */
function noteWhoIsTold(name: MemberName, { cluster, time }: TrialBench): void {
  const others = cluster.runningNames.filter((other) => other !== name);
  const watch = new EndWatch(cluster.nowMs, others);
  cluster.listen({
    onFrozen: ({ viewer, member, atMs }) => {
      if (member !== name || watch.allMs !== null) return;
      const isFirst = watch.firstMs === null;
      watch.knew(viewer, atMs);
      if (isFirst && watch.firstMs !== null) time("frozenToOne", watch.firstMs);
      if (watch.allMs !== null) time("frozenToAll", watch.allMs);
    },
  });
}

/** Some members have the anomaly, over and over; then all is well again. */
export function sufferAnomalies(
  plan: Extract<Plan, { kind: "anomalies" }>,
  bench: TrialBench,
): void {
  const { cluster, tally } = bench;
  const endMs = cluster.nowMs + plan.forMs;
  for (const name of sample(cluster.rng, cluster.names, plan.members)) {
    tally.markFaulty(name);
    const { onMs, offMs, isTogether } = plan.anomaly;
    const phaseMs = isTogether ? 0 : cluster.rng.next() * (onMs + offMs);
    cluster.in(phaseMs, () => begin(name, plan.anomaly, endMs, bench));
  }
  cluster.run(plan.forMs);
  timeWhole("whole", WHOLE_WITHIN_MS, bench);
}

function begin(name: MemberName, anomaly: Anomaly, endMs: number, bench: TrialBench): void {
  const { cluster } = bench;
  if (cluster.nowMs >= endMs) return;
  const { fault, share, onMs, offMs } = anomaly;
  const lastsMs = Math.min(offMs === 0 ? Number.POSITIVE_INFINITY : onMs, endMs - cluster.nowMs);
  if (fault === "freeze") cluster.freezeFor(name, lastsMs);
  else {
    cluster.lose(name, fault, share);
    cluster.in(lastsMs, () => cluster.lose(name, fault, 0));
  }
  if (offMs > 0) cluster.in(onMs + offMs, () => begin(name, anomaly, endMs, bench));
}
