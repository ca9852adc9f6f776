import { describe, expect, test } from "vitest";
import { seededRng } from "../../src/core/primitives/rng.ts";
import { SimCluster } from "../../src/sim/sim-cluster.ts";
import { names } from "../core/builders.ts";

const TEN = names(10);

/** Ten members of which all were killed at once; their data directories are all that is left. */
function killed(rngSeed: number): SimCluster {
  const cluster = new SimCluster({ rngSeed, keepsEvents: false });
  cluster.startAll(TEN);
  cluster.run(20_000);
  expect(cluster.isConverged()).toBe(true);
  for (const name of TEN) cluster.kill(name);
  return cluster;
}

/** Starts all in an order and at times of the seed's choice; how long after the last one view is there. */
function restartAll(cluster: SimCluster, rngSeed: number): number | undefined {
  const rng = seededRng([rngSeed, 7, 7, 7]);
  const order = TEN.map((name) => ({ name, at: rng.next() })).sort((a, b) => a.at - b.at);
  for (const { name } of order) {
    cluster.run(6000 * rng.next());
    cluster.restart(name, { seeds: [], disk: "kept" });
  }
  return cluster.runUntil(() => cluster.isConverged(), 30_000);
}

describe.each([1, 2, 3, 4, 5])("ten members that were all killed, rng seed %i", (rngSeed) => {
  test("are one view within 5 s of the last start, with data directories and no seeds", () => {
    const cluster = killed(rngSeed);
    expect(restartAll(cluster, rngSeed)).toBeLessThan(5000);
  });

  test("also when the addresses of all but one are new", () => {
    const cluster = killed(rngSeed);
    const stays = TEN[rngSeed];
    for (const name of TEN) if (name !== stays) cluster.move(name);
    expect(restartAll(cluster, rngSeed)).toBeLessThan(5000);
  });
});

test("a member that was alone with the dead remembers those, too", () => {
  const cluster = new SimCluster({ rngSeed: 1 });
  cluster.startAll(["a", "b"]);
  cluster.run(5000);
  cluster.kill("a");
  cluster.run(10_000);
  cluster.kill("b");
  cluster.move("b");
  cluster.restart("a", { seeds: [] });
  cluster.restart("b", { seeds: [], disk: "kept" });
  expect(cluster.runUntil(() => cluster.isConverged(), 5000)).toBeDefined();
});

test("two groups that began apart meet once the name of a seed has an address", () => {
  const cluster = new SimCluster({ rngSeed: 1 });
  const seeds = ["a", "x"];
  cluster.setResolvable("x", false);
  for (const name of ["a", "b", "c"]) cluster.start(name, { seeds });
  cluster.run(5000);
  for (const name of ["x", "y"]) cluster.start(name, { seeds: ["x"] });
  cluster.run(60_000);
  expect(cluster.view("a")).not.toHaveProperty("x");
  cluster.setResolvable("x", true);
  expect(cluster.runUntil(() => cluster.isConverged(), 6000)).toBeDefined();
});
