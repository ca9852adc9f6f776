import type { DaemonCluster } from "../../../cli/children/daemon-cluster.ts";

/** Counts the members that any daemon suspects or calls dead from now on; nobody is harmed here, so each is false. */
export function countSuspicions(daemons: DaemonCluster): () => number {
  let count = 0;
  daemons.onChange(({ change: { to } }) => {
    if (to === "suspect" || to === "dead") count += 1;
  });
  return () => count;
}
