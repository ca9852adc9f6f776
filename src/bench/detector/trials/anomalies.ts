import type { MemberName } from "../../../core/member.ts";
import { sample } from "../../../core/primitives/rng.ts";
import type { Anomaly, Plan } from "../workloads/plan.ts";
import type { TrialBench } from "./trial-bench.ts";

/** After the faults, how long the views may take to be whole again. */
const WHOLE_WITHIN_MS = 60_000;
const AFTER_FREEZE_MS = 10_000;

/** One member stands still once. */
export function sufferFreeze(plan: Extract<Plan, { kind: "freeze" }>, bench: TrialBench): void {
  const { cluster, tally } = bench;
  for (const name of sample(cluster.rng, cluster.names, 1)) {
    tally.markFaulty(name);
    cluster.freeze(name, plan.forMs);
  }
  cluster.run(plan.forMs + AFTER_FREEZE_MS);
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
  const healedMs = cluster.nowMs;
  const isWhole = cluster.runUntil(() => cluster.isWhole(), WHOLE_WITHIN_MS, 20);
  if (isWhole) bench.time("whole", cluster.nowMs - healedMs);
  else bench.count("missed", 1);
}

function begin(name: MemberName, anomaly: Anomaly, endMs: number, bench: TrialBench): void {
  const { cluster } = bench;
  if (cluster.nowMs >= endMs) return;
  const { fault, share, onMs, offMs } = anomaly;
  const lastsMs = Math.min(offMs === 0 ? Number.POSITIVE_INFINITY : onMs, endMs - cluster.nowMs);
  if (fault === "freeze") cluster.freeze(name, lastsMs);
  else {
    cluster.lose(name, fault, share);
    cluster.in(lastsMs, () => cluster.lose(name, fault, 0));
  }
  if (offMs > 0) cluster.in(onMs + offMs, () => begin(name, anomaly, endMs, bench));
}
