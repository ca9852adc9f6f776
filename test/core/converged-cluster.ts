import { expect } from "vitest";
import { SimCluster } from "../../src/sim/sim-cluster.ts";

/** A cluster whose members all see each other, and that has come to rest after it. */
export function converged(
  members: readonly string[],
  options: Partial<ConstructorParameters<typeof SimCluster>[0]> = {},
): SimCluster {
  const cluster = new SimCluster({ rngSeed: 1, ...options });
  cluster.startAll(members);
  expect(cluster.runUntil(() => cluster.isConverged(), 10_000)).toBeDefined();
  cluster.run(3_000);
  return cluster;
}
