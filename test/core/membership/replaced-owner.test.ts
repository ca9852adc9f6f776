import { describe, expect, test } from "vitest";
import { SimCluster } from "../../../src/sim/sim-cluster.ts";
import { names } from "../builders.ts";

/** Whether all that run hold the member at that process's address. */
function holdAt(cluster: SimCluster, member: string, process: string): boolean {
  const { host } = cluster.endpointOf(process);
  const isThere = (viewer: string) =>
    cluster.explain(viewer, member)?.record.endpoint.host === host &&
    cluster.sees(viewer, member) === "alive";
  return cluster.running.every(isThere);
}

/** How a member stands still, how it goes on, and as what the others hold it meanwhile. */
const STANDS_STILL = {
  process: { stop: "freeze", goOn: "thaw", held: "suspect" },
  machine: { stop: "pauseMachine", goOn: "resumeMachine", held: "dead" },
} as const;

describe.each([
  [3, "process"],
  [5, "process"],
  [20, "process"],
  [3, "machine"],
  [5, "machine"],
  [20, "machine"],
] as const)("of %i members, one that was replaced while its %s stood still", (count, what) => {
  test.each([1, 2, 3])("ends when it goes on, and nobody takes it back, rng seed %i", (rngSeed) => {
    const { stop, goOn, held } = STANDS_STILL[what];
    const cluster = new SimCluster({ rngSeed });
    const all = names(count);
    const [seed = "", , gone = ""] = all;
    cluster.startAll(all);
    cluster.run(10_000);
    cluster[stop](gone);
    expect(cluster.runUntil(() => cluster.sees(seed, gone) === held, 10_000)).toBeDefined();
    cluster.start("new", { member: gone, seeds: [seed] });
    expect(cluster.runUntil(() => cluster.sees(seed, gone) === "alive", 5000)).toBeDefined();
    cluster.run(1000);
    cluster[goOn](gone);
    expect(cluster.runUntil(() => !cluster.isRunning(gone), 3000)).toBeDefined();
    expect(cluster.isRunning("new")).toBe(true);
    cluster.run(2000);
    for (let i = 0; i < 100; i++) {
      expect(holdAt(cluster, gone, "new")).toBe(true);
      cluster.run(100);
    }
  });
});

test("a second owner whose clock is behind ends, and the owner that the members hold stays", () => {
  const cluster = new SimCluster({ rngSeed: 1 });
  cluster.startAll(["a", "b", "c"]);
  cluster.run(10_000);
  cluster.jumpWallClock("twin", -1_000_000_000);
  cluster.start("twin", { member: "b", seeds: ["a"] });
  expect(cluster.runUntil(() => !cluster.isRunning("twin"), 5000)).toBeDefined();
  cluster.run(10_000);
  expect(cluster.isRunning("b")).toBe(true);
  expect(holdAt(cluster, "b", "b")).toBe(true);
});
