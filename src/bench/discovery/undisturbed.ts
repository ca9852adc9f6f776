import type { ObservedCluster } from "../../cluster/observe/observed-cluster.ts";

/** Counts the members that any daemon suspects or calls dead from now on; nobody is harmed here, so each is false. */
export function countSuspicions(cluster: ObservedCluster): () => number {
  let count = 0;
  cluster.observe({
    onObservation: (_, changes) => {
      for (const { to } of changes) if (to === "suspect" || to === "dead") count += 1;
    },
  });
  return () => count;
}
