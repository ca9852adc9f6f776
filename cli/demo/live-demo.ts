import { formatCount } from "../../src/text/quantities.ts";
import { loadDashboard } from "../dashboard/load.ts";
import type { Output } from "../output.ts";
import { DemoCluster } from "./demo-cluster.ts";
import { DemoEntries } from "./demo-entries.ts";
import { demoKeys } from "./demo-keys.ts";

const VIEWER = "n1";

export interface LiveDemoChoice {
  readonly count: number;
  /** Where the daemons are entered for commands in other terminals. */
  readonly stateDir: string | undefined;
}

/** A small cluster with the dashboard on its first node, until the reader quits. Needs a terminal on stdin and stdout. */
export async function runLiveDemo(
  { count, stateDir }: LiveDemoChoice,
  output: Output,
): Promise<void> {
  const cluster = new DemoCluster();
  let entries: DemoEntries | undefined;
  const names = Array.from({ length: count }, (_, at) => `n${at + 1}`);
  output.talk(`Starting ${formatCount(count, "daemon")} …`);
  try {
    const [{ runDashboard }, first] = await Promise.all([loadDashboard(), cluster.start(VIEWER)]);
    const url = `http://${first.bound?.api}`;
    entries = await DemoEntries.open(stateDir, first);
    const { obstacle } = entries;
    cluster.onStarted = (daemon) => entries?.remember(daemon);
    await Promise.all(names.slice(1).map((name) => cluster.start(name)));
    const greeting =
      obstacle === undefined
        ? "in another terminal: hearsay members, explain n2, faults, ps"
        : `other terminals find it with --attach ${url} only (${obstacle})`;
    const extra = { ...demoKeys(cluster), greeting };
    await runDashboard({ url, style: output.style, extra });
  } finally {
    await cluster.endAll();
    entries?.drop();
  }
  output.talk(`${formatCount(count, "daemon")} ended.`);
}
