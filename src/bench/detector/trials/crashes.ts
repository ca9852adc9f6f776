import type { MemberName } from "../../../core/member.ts";
import { sample } from "../../../core/primitives/rng.ts";
import { EndWatch } from "../../../sim/end-watch.ts";
import type { Plan } from "../workloads/plan.ts";
import type { TrialBench } from "./measures.ts";

const KNOWN_WITHIN_MS = 120_000;
const KNOWN_STEP_MS = 100;
/** Between two crashes, at random, so that each meets the probes at another phase. */
const PAUSE_MS = { min: 1000, spread: 2000 };

/** Single crashes, one after the other, in a cluster that grows smaller. */
export function crashOneByOne(plan: Extract<Plan, { kind: "crash" }>, bench: TrialBench): void {
  const { cluster } = bench;
  cluster.loss(plan.loss);
  if (plan.loss > 0) cluster.run(2 * PAUSE_MS.min);
  const ends = watchEnds(bench);
  for (const victim of sample(cluster.rng, cluster.names, plan.victims)) {
    end([victim], plan.of, ends, bench);
    ends.clear();
    cluster.run(PAUSE_MS.min + PAUSE_MS.spread * cluster.rng.next());
  }
}

/** A share of the members crashes in one moment. */
export function crashMany(plan: Extract<Plan, { kind: "mass-crash" }>, bench: TrialBench): void {
  const { cluster } = bench;
  const victims = sample(cluster.rng, cluster.names, Math.floor(cluster.names.length * plan.share));
  end(victims, plan.of, watchEnds(bench), bench);
}

/** The deaths that are being watched, by victim. */
type Ends = Map<MemberName, EndWatch>;

function watchEnds({ cluster }: TrialBench): Ends {
  const ends: Ends = new Map();
  cluster.listen({
    onChange: ({ member, viewer, to, atMs }) => {
      if (to === "dead") ends.get(member)?.knew(viewer, atMs);
    },
  });
  return ends;
}

/** Ends the victims in one moment, and notes how long it took until the others knew each of them. */
function end(
  victims: readonly MemberName[],
  of: "process" | "host",
  ends: Ends,
  { cluster, tally, time, count }: TrialBench,
): void {
  for (const victim of victims) {
    tally.markFaulty(victim);
    if (of === "process") cluster.kill(victim);
    else cluster.crashHost(victim);
  }
  for (const victim of victims) {
    ends.set(victim, new EndWatch(cluster.nowMs, cluster.runningNames));
  }
  const isKnown = () => [...ends.values()].every(({ allMs }) => allMs !== null);
  cluster.runUntil(isKnown, KNOWN_WITHIN_MS, KNOWN_STEP_MS);
  for (const { firstMs, allMs } of ends.values()) {
    if (firstMs !== null) time("first", firstMs);
    if (allMs !== null) time("all", allMs);
    count("missed", Number(allMs === null));
  }
}
