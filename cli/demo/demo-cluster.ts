import { DaemonCluster, type DaemonClusterOptions } from "../children/daemon-cluster.ts";

export type { SeenChange } from "../children/daemon-cluster.ts";

export type DemoClusterOptions = Omit<DaemonClusterOptions, "profile">;

/** A cluster in the pace that people can watch, profile `local`, with links to break. */
export class DemoCluster extends DaemonCluster {
  constructor(options: DemoClusterOptions = {}) {
    super({
      ...options,
      profile: "local",
      extra: ["--allow-faults", ...(options.extra ?? [])],
    });
  }
}
