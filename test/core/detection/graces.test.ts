import { describe, expect, test } from "vitest";
import type { ProfileName } from "../../../src/core/config.ts";
import { SimCluster } from "../../../src/sim/sim-cluster.ts";
import { names } from "../builders.ts";

const SEEDS = [1, 2, 3, 4, 5];

type Stand = (cluster: SimCluster, name: string, forMs: number) => void;

const freeze: Stand = (cluster, name, forMs) => {
  cluster.freeze(name);
  cluster.run(forMs);
  cluster.thaw(name);
};

const pauseMachine: Stand = (cluster, name, forMs) => {
  cluster.pauseMachine(name);
  cluster.run(forMs);
  cluster.resumeMachine(name);
};

/** In how many of five clusters of eight anybody was called dead, while one stood still for that long. */
function deaths(profile: ProfileName, stand: Stand, forMs: number, loss = 0): number {
  return SEEDS.filter((rngSeed) => {
    const cluster = new SimCluster({ rngSeed, profile });
    cluster.startConverged(names(8));
    cluster.run(8_000 + 137 * rngSeed);
    cluster.loss(loss);
    stand(cluster, "m01", forMs);
    cluster.run(4_000);
    return cluster.events.some(
      ({ event }) => event.kind === "member-changed" && event.to === "dead",
    );
  }).length;
}

/** The table of docs/protocol.md §12 behind rule 42. */
describe("what the graces spare", () => {
  test.each([
    [5_000, 0],
    [20_000, 0],
    [20_000, 0.3],
  ])("a process that is frozen for %i ms, at a loss of %d each way", (forMs, loss) => {
    expect(deaths("lan", freeze, forMs, loss)).toBe(0);
  });

  test.each([
    ["local", 300],
    ["local", 500],
    ["local", 700],
    ["lan", 1_000],
    ["lan", 1_300],
    ["lan", 1_500],
    ["wan", 2_000],
    ["wan", 2_500],
  ] as const)("in %s, a machine that is paused for %i ms", (profile, forMs) => {
    expect(deaths(profile, pauseMachine, forMs)).toBe(0);
  });

  test.each([
    ["local", 1_000],
    ["lan", 2_500],
  ] as const)("but not, in %s, one that is paused for %i ms", (profile, forMs) => {
    expect(deaths(profile, pauseMachine, forMs)).toBe(SEEDS.length);
  });
});
