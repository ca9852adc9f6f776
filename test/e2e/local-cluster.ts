import { DaemonCluster, type DaemonClusterOptions } from "./children/daemon-cluster.ts";

export type { SeenChange } from "./children/daemon-cluster.ts";

/** Daemons of profile `local`, with links to break. */
export class LocalCluster extends DaemonCluster {
  constructor(options: Omit<DaemonClusterOptions, "profile"> = {}) {
    super({ ...options, profile: "local", extra: ["--allow-faults", ...(options.extra ?? [])] });
  }
}
