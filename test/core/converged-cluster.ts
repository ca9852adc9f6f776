import { expect } from "vitest";
import { SimCluster } from "../../src/sim/sim-cluster.ts";

/** A cluster whose members all see each other, and that has come to rest after it. */
export function converged(
  members: readonly string[],
  { rngSeed = 1 }: { readonly rngSeed?: number } = {},
): SimCluster {
  const cluster = new SimCluster({ rngSeed });
  cluster.startAll(members);
  expect(cluster.runUntil(() => cluster.isConverged(), 10_000)).toBeDefined();
  cluster.run(3_000);
  return cluster;
}
