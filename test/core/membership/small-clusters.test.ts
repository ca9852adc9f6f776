import { describe, expect, test } from "vitest";
import { SimCluster } from "../../../src/sim/sim-cluster.ts";
import { converged } from "../converged-cluster.ts";

describe("two members", () => {
  test("find a silent host dead, though nobody can vouch for either", () => {
    const cluster = converged(["a", "b"]);
    cluster.crashHost("b");
    expect(cluster.runUntil(() => cluster.allSee("b", "dead"), 8_000)).toBeDefined();
    expect(cluster.snapshot("a").isolated).toBe(false);
  });
});

test("a cluster of one stays alone and alive, and says nothing to anybody", () => {
  const cluster = new SimCluster({ rngSeed: 1 });
  cluster.start("a");
  cluster.run(60_000);
  expect(cluster.view("a")).toEqual({ a: "alive" });
  expect(cluster.network.counters.sent).toBe(0);
  expect(cluster.snapshot("a").isolated).toBe(false);
});

describe("a goodbye", () => {
  test.each([1, 2, 3, 4])(
    "is seen by all as left and never as dead, at 10 %% loss (seed %i)",
    (seed) => {
      const names = Array.from({ length: seed % 2 === 0 ? 5 : 16 }, (_, index) => `m${index}`);
      const cluster = converged(names, { rngSeed: seed });
      cluster.loss(0.1);
      cluster.leave("m1");
      expect(cluster.runUntil(() => cluster.allSee("m1", "left"), 3_000)).toBeDefined();
      cluster.run(5_000);
      const states = cluster.events.flatMap(({ event }) =>
        event.kind === "member-changed" && event.member === "m1" ? [event.to] : [],
      );
      expect(states).not.toContain("dead");
    },
  );

  test("leaves the name free for a later start of it", () => {
    const cluster = converged(["a", "b", "c"]);
    cluster.leave("b");
    cluster.run(20_000);
    cluster.restart("b", { seeds: ["a"] });
    expect(cluster.runUntil(() => cluster.isConverged(), 3_000)).toBeDefined();
  });
});
