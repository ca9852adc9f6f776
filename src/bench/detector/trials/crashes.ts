import type { MemberName } from "../../../core/member.ts";
import { sample } from "../../../core/primitives/rng.ts";
import type { Plan } from "../workloads/plan.ts";
import { DeathWatch } from "./death-watch.ts";
import type { TrialBench } from "./trial-bench.ts";

const KNOWN_WITHIN_MS = 120_000;
/** Between two crashes, at random, so that each meets the probes at another phase. */
const PAUSE_MS = { min: 1000, spread: 2000 };

/** Single crashes, one after the other, in a cluster that grows smaller. */
export function crashOneByOne(plan: Extract<Plan, { kind: "crash" }>, bench: TrialBench): void {
  const { cluster } = bench;
  cluster.loss(plan.loss);
  if (plan.loss > 0) cluster.run(2 * PAUSE_MS.min);
  const watch = new DeathWatch(cluster);
  for (const victim of sample(cluster.rng, cluster.names, plan.victims)) {
    end(victim, plan.of, bench);
    watch.watch([victim]);
    cluster.runUntil(() => watch.isKnownToAll(), KNOWN_WITHIN_MS);
    note(watch, bench);
    watch.forget();
    cluster.run(PAUSE_MS.min + PAUSE_MS.spread * cluster.rng.next());
  }
}

/** A share of the members crashes in one moment. */
export function crashMany(plan: Extract<Plan, { kind: "mass-crash" }>, bench: TrialBench): void {
  const { cluster } = bench;
  const victims = sample(cluster.rng, cluster.names, Math.floor(cluster.names.length * plan.share));
  const watch = new DeathWatch(cluster);
  for (const victim of victims) end(victim, plan.of, bench);
  watch.watch(victims);
  cluster.runUntil(() => watch.isKnownToAll(), KNOWN_WITHIN_MS);
  note(watch, bench);
}

function end(victim: MemberName, of: "process" | "host", { cluster, tally }: TrialBench): void {
  tally.markFaulty(victim);
  if (of === "process") cluster.kill(victim);
  else cluster.crashHost(victim);
}

function note(watch: DeathWatch, bench: TrialBench): void {
  for (const { firstMs, lastMs } of watch.results()) {
    if (firstMs !== undefined) bench.time("first", firstMs);
    if (lastMs !== undefined) bench.time("all", lastMs);
    bench.count("missed", Number(lastMs === undefined));
  }
}
