import { plainEnvironment } from "../../../src/cluster/process/daemon-arguments.ts";
import {
  type LaunchedDaemon,
  type LaunchOptions,
  launchDaemon,
} from "../../../src/cluster/process/launched-daemon.ts";
import {
  type LogLine,
  type MemberChange,
  memberChangeOf,
} from "../../../src/cluster/process/log-line.ts";
import type { ProfileName } from "../../../src/core/config.ts";
import { ENTRY } from "../../../src/daemon/program.ts";
import type { SeenBelief } from "./beliefs.ts";
import { WatchedCluster } from "./watched-cluster.ts";

/** A change of a member's state as one daemon logged it. */
export interface SeenChange extends SeenBelief {
  /** Wall clock of the daemon, which is that of this machine. */
  readonly timeMs: number;
  readonly change: MemberChange;
}

export interface DaemonClusterOptions {
  readonly profile: ProfileName;
  /** Compiled program to run; this package's own where left out. */
  readonly entry?: string;
  /** Further arguments of every daemon. */
  readonly extra?: readonly string[];
  /** And of the daemon of that name. */
  readonly extraOf?: (name: string) => readonly string[];
}

/** Daemons of this program on free loopback ports. */
export class DaemonCluster extends WatchedCluster<LaunchedDaemon, SeenChange> {
  private readonly options: DaemonClusterOptions;
  private readonly launching: LaunchOptions;

  constructor(options: DaemonClusterOptions) {
    super();
    this.options = options;
    this.launching = {
      entry: options.entry ?? ENTRY,
      env: plainEnvironment(process.env),
      onLine: (line, daemon) => this.note(line, daemon),
    };
  }

  protected launch(name: string, previous: LaunchedDaemon | undefined): LaunchedDaemon {
    const join = this.daemons.flatMap((daemon) =>
      daemon.name !== name && daemon.end === undefined && daemon.bound !== undefined
        ? [daemon.bound.address]
        : [],
    );
    const { profile, extraOf } = this.options;
    const extra = [...(this.options.extra ?? []), ...(extraOf?.(name) ?? [])];
    const bind = previous?.bound?.address ?? "127.0.0.1:0";
    const api = previous?.bound?.api ?? "127.0.0.1:0";
    const spec = { name, bind, api, join: join.slice(0, 3), profile, extra };
    return launchDaemon(spec, this.launching);
  }

  private note(line: LogLine, { name: viewer }: LaunchedDaemon): void {
    const change = memberChangeOf(line);
    if (change !== undefined) this.beliefs.note({ viewer, timeMs: line.timeMs, change });
  }
}
