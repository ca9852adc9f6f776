import type { LocalCluster } from "../cluster/local-cluster.ts";

/** Index of the newest event of each daemon. */
export async function eventIndexes(cluster: LocalCluster): Promise<ReadonlyMap<string, number>> {
  const read = cluster.daemons.map(
    async ({ node, client }) => [node, (await client.members()).index] as const,
  );
  return new Map(await Promise.all(read));
}

/** Changes to suspect and to dead at all daemons since `before`. */
export async function countDoubts(cluster: LocalCluster, before: ReadonlyMap<string, number>) {
  const count = { suspicions: 0, deaths: 0 };
  for (const { node, client } of cluster.daemons) {
    for await (const item of client.events({ since: before.get(node) ?? 0, follow: false })) {
      if (!("event" in item) || item.event.event !== "member-changed") continue;
      if (item.event.to === "suspect") count.suspicions += 1;
      if (item.event.to === "dead") count.deaths += 1;
    }
  }
  return count;
}
