import { expect, test } from "vitest";
import { SimCluster } from "../../src/sim/sim-cluster.ts";

const FIVE = ["a", "b", "c", "d", "e"];
const TO_CONVERGE_MS = 5_000;

function convergedFive(rngSeed = 1): SimCluster {
  const cluster = new SimCluster({ rngSeed });
  cluster.startAll(FIVE);
  expect(cluster.runUntil(() => cluster.isConverged(), TO_CONVERGE_MS)).toBeDefined();
  return cluster;
}

test("equal seeds and calls give equal events, other seeds others", () => {
  const story = (rngSeed: number) => {
    const cluster = convergedFive(rngSeed);
    cluster.loss(0.1);
    cluster.kill("c");
    cluster.run(10_000);
    return cluster.events;
  };
  expect(story(7)).toEqual(story(7));
  expect(story(7)).not.toEqual(story(8));
});

test("what a node's events told of its view is its view", () => {
  const cluster = convergedFive();
  cluster.kill("c");
  cluster.crashHost("d");
  cluster.run(15_000);
  cluster.restart("c");
  cluster.run(5_000);
  for (const viewer of cluster.running) {
    for (const [subject, state] of Object.entries(cluster.view(viewer))) {
      expect(cluster.sees(viewer, subject)).toBe(state);
    }
  }
});

test("a frozen process is silent, and comes back as itself with a stall to tell", () => {
  const cluster = convergedFive();
  cluster.freeze("b");
  cluster.run(1_500);
  cluster.thaw("b");
  cluster.run(3_000);
  const stalls = cluster.events.filter(
    ({ node, event }) => node === "b" && event.kind === "stalled",
  );
  expect(stalls).toHaveLength(1);
  expect(cluster.isConverged()).toBe(true);
});

test("a paused machine hears nothing of what was sent meanwhile, and comes back as itself", () => {
  const cluster = convergedFive();
  const before = cluster.snapshot("b").self;
  cluster.freeze("b");
  cluster.pauseMachine("b");
  cluster.thaw("b");
  const sent = structuredClone(cluster.counters("b").sent);
  cluster.run(1_500);
  expect(cluster.counters("b").sent).toEqual(sent);
  expect(cluster.network.counters.lost).toBeGreaterThan(5);
  cluster.resumeMachine("b");
  cluster.run(3_000);
  expect(cluster.isConverged()).toBe(true);
  expect(cluster.snapshot("b").self.startId).toBe(before.startId);
  // A frozen process may be spared; a machine that is silent altogether looks like a lost one.
  cluster.pauseMachine("c");
  expect(cluster.runUntil(() => cluster.allSee("c", "dead"), 10_000)).toBeGreaterThan(1_000);
});

test("a process that starts again finds its port free, also where its kernel had wires to close", () => {
  const cluster = new SimCluster({ rngSeed: 1, config: { wires: true, spies: true } });
  cluster.startConverged(FIVE);
  for (const name of FIVE) {
    cluster.restart(name);
    cluster.crashHost(name);
    cluster.restart(name);
  }
  expect(cluster.runUntil(() => cluster.isConverged(), 10_000)).toBeDefined();
});

test("members that know each other from the start are one view, and watch each other", () => {
  const cluster = new SimCluster({ rngSeed: 3 });
  cluster.startConverged(FIVE);
  cluster.run(3_000);
  expect(cluster.isConverged()).toBe(true);
  const joins = cluster.events.filter(({ event }) => event.kind === "sync-finished");
  expect(joins).toEqual([]);
  cluster.kill("d");
  expect(cluster.runUntil(() => cluster.allSee("d", "dead"), 2_000)).toBeDefined();
});

test("with its data directory a process starts above its last incarnation, whatever its clock says", () => {
  const cluster = convergedFive();
  const before = cluster.snapshot("b").self.incarnation;
  cluster.jumpWallClock("b", -3_600_000);
  cluster.restart("b", { disk: "kept" });
  expect(cluster.snapshot("b").self.incarnation).toBe(before + 1);
});

test("without its data directory it starts at the second of its own clock", () => {
  const cluster = convergedFive();
  const before = cluster.snapshot("b").self.incarnation;
  cluster.jumpWallClock("b", -3_600_000);
  cluster.restart("b", { disk: "lost" });
  const after = cluster.snapshot("b").self.incarnation;
  expect(after).toBeGreaterThanOrEqual(before - 3_600);
  expect(after).toBeLessThan(before);
  expect(cluster.runUntil(() => cluster.isConverged(), 5_000)).toBeDefined();
});

test("equal traces have equal digests, and a trace is only made on request", () => {
  const digest = (rngSeed: number, isTraced: boolean) => {
    const cluster = new SimCluster({ rngSeed, isTraced });
    cluster.startAll(FIVE);
    cluster.run(2_000);
    return cluster.digest;
  };
  expect(digest(1, true)).toBe(digest(1, true));
  expect(digest(1, true)).not.toBe(digest(2, true));
  expect(digest(1, false)).toBeUndefined();
});

test("pings on a rejecting link come back as refused, and nothing else arrives", () => {
  const cluster = new SimCluster({ rngSeed: 1 });
  cluster.startConverged(["a", "b"]);
  cluster.setLinkRules([{ from: ["a"], to: ["b"], drop: 1, reject: true }]);
  cluster.run(50);
  const before = structuredClone(cluster.counters("b").received);
  cluster.run(1_500);
  expect(cluster.counters("a").refusals).toBeGreaterThan(0);
  expect(cluster.counters("b").refusals).toBe(0);
  expect(cluster.counters("b").received).toEqual(before);
});
