import type { LaunchedDaemon } from "../../src/cluster/process/launched-daemon.ts";
import { DaemonCluster, type DaemonClusterOptions } from "../children/daemon-cluster.ts";

export type { SeenChange } from "../children/daemon-cluster.ts";

export type DemoClusterOptions = Omit<DaemonClusterOptions, "profile">;

/** A cluster in the pace that people can watch, profile `local`, with links to break. */
export class DemoCluster extends DaemonCluster {
  /** Called with each daemon that listens, a restarted one again. */
  onStarted: ((daemon: LaunchedDaemon) => void) | undefined;

  constructor(options: DemoClusterOptions = {}) {
    super({
      ...options,
      profile: "local",
      extra: ["--allow-faults", ...(options.extra ?? [])],
    });
  }

  override async start(name: string): Promise<LaunchedDaemon> {
    const daemon = await super.start(name);
    this.onStarted?.(daemon);
    return daemon;
  }
}
