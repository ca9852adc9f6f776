import { numberedNodes } from "../../src/cluster/cluster.ts";
import { LocalCluster } from "../../src/cluster/local-cluster.ts";
import { ENTRY } from "../../src/daemon/program.ts";
import { formatCount } from "../../src/text/quantities.ts";
import { loadDashboard } from "../dashboard/load.ts";
import type { Output } from "../output.ts";
import { DemoEntries } from "./demo-entries.ts";
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
