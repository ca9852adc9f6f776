import { describe, expect, test } from "vitest";
import { SimCluster } from "../../../src/sim/sim-cluster.ts";
import { converged } from "../converged-cluster.ts";

const FIVE = ["a", "b", "c", "d", "e"];
const MINUTE = 60_000;

function split(cluster: SimCluster, left: readonly string[], right: readonly string[]): void {
  cluster.partition([left, right]);
  const isSplit = () =>
    left.every((one) => right.every((other) => cluster.sees(one, other) === "dead")) &&
    right.every((one) => left.every((other) => cluster.sees(one, other) === "dead"));
  expect(cluster.runUntil(isSplit, 60_000)).toBeDefined();
}

describe("a partition heals by itself", () => {
  test.each([1, 30])("after %i minutes", (minutes) => {
    const cluster = converged(FIVE, { rngSeed: minutes });
    split(cluster, ["a", "b"], ["c", "d", "e"]);
    cluster.run(minutes * MINUTE);
    cluster.heal();
    // The longest pause between two dials is 15 T ± 33 %.
    expect(cluster.runUntil(() => cluster.isConverged(), 21_000)).toBeDefined();
  });

  test("though members joined, left and changed on either side meanwhile", () => {
    const cluster = converged(FIVE);
    cluster.partition([
      ["a", "b", "f"],
      ["c", "d", "e"],
    ]);
    cluster.run(MINUTE);
    expect(cluster.view("a")).toEqual({ a: "alive", b: "alive", c: "dead", d: "dead", e: "dead" });
    cluster.start("f", { seeds: ["a"] });
    cluster.leave("e");
    cluster.submit("c", { kind: "advertise", tags: { zone: "new" }, services: [] });
    cluster.run(MINUTE);
    cluster.heal();
    expect(cluster.runUntil(() => cluster.isConverged(), 25_000)).toBeDefined();
    for (const viewer of ["a", "b", "c", "d", "f"]) {
      expect(cluster.view(viewer)).toMatchObject({ e: "left", f: "alive", c: "alive" });
      expect(cluster.explain(viewer, "c")?.record.tags).toEqual({ zone: "new" });
    }
  });
});

describe("one view within 3 s of a heal, though a side", () => {
  const tombstoneMs = 100_000;
  /** x dies 20 s after the other side declared it dead: there its tombstone goes so much earlier. */
  const healedAfter = (forMs: number): SimCluster => {
    const cluster = new SimCluster({ rngSeed: 1, config: { tombstoneMs } });
    cluster.startConverged(["a", "b", "c", "d", "x"]);
    cluster.run(3_000);
    cluster.partition([
      ["a", "b", "x"],
      ["c", "d"],
    ]);
    cluster.run(24_000);
    expect([cluster.sees("c", "x"), cluster.sees("a", "x")]).toEqual(["dead", "alive"]);
    cluster.kill("x");
    cluster.run(forMs - 24_000);
    cluster.heal();
    const isOne = (): boolean =>
      cluster.isConverged() &&
      ["a", "b", "c", "d"].every((name) => cluster.sees(name, "d") === "alive");
    expect(cluster.runUntil(isOne, 3_000)).toBeDefined();
    return cluster;
  };

  test("has dropped a tombstone that is in its last span on the other", () => {
    const cluster = healedAfter(118_000);
    expect([cluster.view("a").x, cluster.view("c").x]).toEqual(["dead", undefined]);
  });

  test("is about to drop a tombstone that the other keeps: all keep it, and drop it together", () => {
    const cluster = healedAfter(96_000);
    cluster.run(20_000);
    expect([cluster.view("a").x, cluster.view("c").x]).toEqual(["dead", "dead"]);
    expect(cluster.isConverged()).toBe(true);
    cluster.run(10_000);
    expect([cluster.view("a").x, cluster.view("c").x]).toEqual([undefined, undefined]);
  });
});

describe("a restarted process comes back alive in all views", () => {
  const restarts = [
    ["within a second, at its old incarnation", 300, 0],
    ["with its clock set back an hour", 4_000, -3600],
    ["with a restored incarnation that was outranked long ago", 20_000, -100],
    ["with its clock far ahead", 4_000, 100_000],
  ] as const;
  test.each(restarts)("%s", (_, downMs, shift) => {
    const cluster = converged(FIVE, { rngSeed: 7 });
    // Changes of its own, so that its incarnation is above the second of its start.
    cluster.submit("b", { kind: "advertise", tags: { run: "first" }, services: [] });
    cluster.run(1_000);
    const before = cluster.snapshot("b").self;
    cluster.kill("b");
    cluster.run(downMs);
    cluster.restart("b", { seeds: ["a"], incarnation: before.incarnation + shift, tags: {} });
    expect(cluster.runUntil(() => cluster.isConverged(), 5_000)).toBeDefined();
    const { self } = cluster.snapshot("b");
    expect(self.startId).not.toBe(before.startId);
    for (const viewer of FIVE) expect(cluster.explain(viewer, "b")?.record).toEqual(self);
  });

  test("without seeds of its own: the others look for it", () => {
    const cluster = converged(FIVE, { rngSeed: 8 });
    cluster.kill("a");
    expect(cluster.runUntil(() => cluster.allSee("a", "dead"), 5_000)).toBeDefined();
    cluster.run(MINUTE);
    cluster.restart("a");
    expect(cluster.runUntil(() => cluster.isConverged(), 21_000)).toBeDefined();
  });
});

test("two clusters that began apart become one as soon as one reaches a seed of the other", () => {
  const cluster = new SimCluster({ rngSeed: 2 });
  const right = ["c", "d"];
  cluster.partition([["a", "b"], right]);
  cluster.startAll(["a", "b"]);
  cluster.start("c", { seeds: ["a"] });
  cluster.start("d", { seeds: ["c"] });
  cluster.run(2 * MINUTE);
  expect(cluster.view("d")).toEqual({ c: "alive", d: "alive" });
  cluster.heal();
  expect(cluster.runUntil(() => cluster.isConverged(), 20_000)).toBeDefined();
  expect(Object.keys(cluster.view("b")).sort()).toEqual(["a", "b", "c", "d"]);
});

describe("where two processes run under one name", () => {
  test("a second one ends, though its clock is behind, and all views keep the first", () => {
    const cluster = converged(FIVE);
    cluster.jumpWallClock("b2", -1_000_000_000);
    cluster.start("b2", { member: "b", seeds: ["a"] });
    expect(cluster.runUntil(() => !cluster.isRunning("b2"), 10_000)).toBeDefined();
    expect(cluster.runUntil(() => cluster.isConverged(), 10_000)).toBeDefined();
    for (const viewer of FIVE) {
      expect(cluster.explain(viewer, "b")?.record.endpoint).toEqual(cluster.endpointOf("b"));
    }
  });

  test("in two clusters that merge, the first keeps the name there, too", () => {
    const cluster = new SimCluster({ rngSeed: 4 });
    cluster.partition([
      ["a", "x"],
      ["b", "x2"],
    ]);
    cluster.startAll(["a", "x"]);
    cluster.run(3_000);
    cluster.start("b", { seeds: ["a"] });
    cluster.start("x2", { member: "x", seeds: ["b"] });
    cluster.run(30_000);
    cluster.heal();
    expect(cluster.runUntil(() => !cluster.running.includes("x2"), 30_000)).toBeDefined();
    expect(cluster.running).toContain("x");
    expect(cluster.runUntil(() => cluster.isConverged(), 30_000)).toBeDefined();
  });
});
