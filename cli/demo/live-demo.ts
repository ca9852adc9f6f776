import { numberedNodes } from "../../src/cluster/cluster.ts";
import { LocalCluster } from "../../src/cluster/local-cluster.ts";
import { identifyProcess } from "../../src/cluster/process/process-identity.ts";
import type { RunningDaemon } from "../../src/cluster/process-backend.ts";
import type { ProfileName } from "../../src/core/config.ts";
import { ENTRY } from "../../src/daemon/program.ts";
import {
  openStateDirectory,
  stateDirectoryPath,
  withDirectoryLock,
} from "../../src/local/state-directory.ts";
import { formatCount } from "../../src/text/quantities.ts";
import { loadDashboard } from "../dashboard/load.ts";
import type { Output } from "../output.ts";
import { demoKeys } from "./demo-keys.ts";

const VIEWER = "n1";

/**
 * A small cluster with the dashboard on its first node, until the reader quits; commands in other terminals find its daemons in
 * the state directory. Needs a terminal on stdin and stdout.
 */
export async function runLiveDemo(
  count: number,
  stateDir: string | undefined,
  output: Output,
): Promise<void> {
  const names = numberedNodes(count);
  const cluster = new LocalCluster({ names, profile: "local", entry: ENTRY });
  let entries: DemoEntries | undefined;
  output.talk(`Starting ${formatCount(count, "daemon")} …`);
  try {
    const [{ runDashboard }, first] = await Promise.all([
      loadDashboard(),
      cluster.startOne(VIEWER),
    ]);
    const url = `http://${first.api}`;
    entries = await DemoEntries.open(stateDir, first, "local");
    const { obstacle } = entries;
    cluster.observe({
      onObservation: ({ kind, node }) => {
        if (kind === "started") entries?.remember(cluster.daemon(node));
      },
    });
    await Promise.all(names.slice(1).map((name) => cluster.startOne(name)));
    const greeting =
      obstacle === undefined
        ? "in another terminal: hearsay members, explain n2, faults, ps"
        : `other terminals find it with --attach ${url} only (${obstacle})`;
    const extra = { ...demoKeys(cluster), greeting };
    await runDashboard({ target: { url }, style: output.style, extra });
  } finally {
    await cluster.close();
    entries?.drop();
  }
  output.talk(`${formatCount(count, "daemon")} ended.`);
}

/**
 * The daemons of a demo in the state directory, where commands in other terminals look for those of `up`. A directory holds one
 * cluster: a demo beside another one is not entered, and one that cannot be written to is no reason to have no demo.
 */
class DemoEntries {
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
