import { numberedNodes } from "../../cluster/cluster.ts";
import { startOrders } from "../../cluster/observe/observed-cluster.ts";
import type { BenchCluster, Candidate, Variant } from "./candidate.ts";

/** Longest waits: what takes longer does not come about. */
export const WITHIN_MS = { birth: 90_000, death: 120_000, comeback: 60_000, goodbye: 30_000 };

/** Moments of a cluster's birth, on the clock of the cluster. */
export interface Formation {
  readonly spawnedMs: number;
  /** The last one said that it is ready. */
  readonly readyMs: number;
  /** Everybody sees everybody alive. */
  readonly fullMs: number;
}

/** A cluster that has formed, with the names of its members. */
export interface FormedCluster {
  readonly cluster: BenchCluster;
  readonly names: readonly string[];
  readonly formation: Formation;
}

/**
 * Forms a cluster of `count`, does `act` with it, and ends every process of it whatever happened.
 */
export async function withFormedCluster<T>(
  candidate: Candidate,
  variant: Variant,
  count: number,
  act: (formed: FormedCluster) => Promise<T>,
): Promise<T> {
  const names = numberedNodes(count);
  const cluster = candidate.open(variant, names);
  try {
    const formation = await formCluster(cluster, names);
    return await act({ cluster, names, formation });
  } finally {
    await cluster.close();
  }
}

/**
 * One starts, and when it is ready all others at once, knowing its address: what `hearsay up` does.
 */
async function formCluster(cluster: BenchCluster, names: readonly string[]): Promise<Formation> {
  const spawnedMs = cluster.nowMs;
  await cluster.start(startOrders(names));
  const readyMs = cluster.nowMs;
  await cluster.allSee("alive", names, names, WITHIN_MS.birth);
  return { spawnedMs, readyMs, fullMs: cluster.nowMs };
}
