import { identifyProcess } from "../../src/cluster/process/process-identity.ts";
import type { RunningDaemon } from "../../src/cluster/process-backend.ts";
import type { ProfileName } from "../../src/core/config.ts";
import {
  openStateDirectory,
  stateDirectoryPath,
  withDirectoryLock,
} from "../../src/local/state-directory.ts";

/**
 * The daemons of a demo in the state directory, where commands in other terminals look for those of `up`. A directory holds one
 * cluster: a demo beside another one is not entered, and one that cannot be written to is no reason to have no demo.
 */
export class DemoEntries {
  /** Why the demo is not found from elsewhere; undefined where it is. */
  readonly obstacle: string | undefined;
  private readonly path: string;
  private readonly profile: ProfileName;
  private readonly names = new Set<string>();

  private constructor(path: string, profile: ProfileName, obstacle: string | undefined) {
    this.path = path;
    this.profile = profile;
    this.obstacle = obstacle;
  }

  /** Enters the first daemon, if no other cluster is there. */
  static async open(
    stateDir: string | undefined,
    first: RunningDaemon,
    profile: ProfileName,
    env: NodeJS.ProcessEnv = process.env,
  ): Promise<DemoEntries> {
    const path = stateDirectoryPath(stateDir, env);
    try {
      return await withDirectoryLock(path, async () => {
        const others = openStateDirectory(path).running();
        if (others[0] !== undefined)
          return new DemoEntries(path, profile, `${others[0].name} runs already`);
        const entries = new DemoEntries(path, profile, undefined);
        entries.remember(first);
        return entries;
      });
    } catch (error) {
      return new DemoEntries(path, profile, (error as Error).message);
    }
  }

  /** Enters a daemon that listens, or its successor. */
  remember({ node: name, pid, address, api }: RunningDaemon): void {
    const processStart = identifyProcess(pid)?.start;
    if (this.obstacle !== undefined || processStart === undefined) return;
    const startedAt = new Date().toISOString();
    const entry = { v: 1, name, pid, processStart, address, api, startedAt, log: "" } as const;
    openStateDirectory(this.path).remember({ ...entry, profile: this.profile, demo: true });
    this.names.add(name);
  }

  /** Takes every daemon of the demo out. */
  drop(): void {
    const directory = openStateDirectory(this.path);
    for (const name of this.names) directory.drop(name);
    this.names.clear();
  }
}
