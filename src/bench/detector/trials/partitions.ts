import type { MemberName, Millis } from "../../../core/member.ts";
import { sample } from "../../../core/primitives/rng.ts";
import type { Plan } from "../workloads/plan.ts";
import { type TrialBench, timeWhole } from "./measures.ts";

const WHOLE_WITHIN_MS = 60_000;
const STEP_MS = 20;

/** A minority is cut off for a while; how both sides settle, and how they find back. */
export function splitAndHeal(plan: Extract<Plan, { kind: "partition" }>, bench: TrialBench): void {
  const { cluster } = bench;
  const few = sample(cluster.rng, cluster.names, plan.minority);
  const many = cluster.names.filter((name) => !few.includes(name));
  const startMs = cluster.nowMs;
  let majorityMs: Millis | undefined;
  let minorityMs: Millis | undefined;
  cluster.partition([few]);
  const look = (): boolean => {
    if (majorityMs === undefined && holdDead(many, few, bench)) majorityMs = cluster.nowMs;
    if (minorityMs === undefined && holdDead(few, many, bench)) minorityMs = cluster.nowMs;
    return majorityMs !== undefined && minorityMs !== undefined;
  };
  cluster.runUntil(look, plan.forMs, STEP_MS);
  cluster.run(Math.max(0, startMs + plan.forMs - cluster.nowMs));
  if (majorityMs !== undefined) bench.time("majority", majorityMs - startMs);
  if (minorityMs !== undefined) bench.time("minority", minorityMs - startMs);
  bench.count("missed", Number(majorityMs === undefined) + Number(minorityMs === undefined));
  cluster.unite();
  timeWhole("whole", WHOLE_WITHIN_MS, bench);
}

function holdDead(
  viewers: readonly MemberName[],
  subjects: readonly MemberName[],
  { cluster }: TrialBench,
): boolean {
  return viewers.every((viewer) => subjects.every((subject) => cluster.seesDead(viewer, subject)));
}
