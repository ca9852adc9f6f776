import { LocalCluster } from "../../src/cluster/local-cluster.ts";
import { ENTRY } from "./run-hearsay.ts";

/** Daemons of the program as it is shipped, of profile `local`, with links to break. */
export function localCluster(
  names: readonly string[],
  extra: readonly string[] | ((name: string) => readonly string[]) = [],
): LocalCluster {
  const extraOf = typeof extra === "function" ? extra : () => extra;
  return new LocalCluster({ names, profile: "local", entry: ENTRY, extraOf });
}

/** What is enough for all to see each other on a machine that is busy with other tests. */
export const FORMED_MS = 20_000;
