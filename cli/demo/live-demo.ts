import { loadDashboard } from "../dashboard/load.ts";
import { formatCount } from "../format/quantities.ts";
import type { Output } from "../output.ts";
import { DemoCluster } from "./demo-cluster.ts";
import { demoKeys } from "./demo-keys.ts";

const VIEWER = "n1";

/** A small cluster with the dashboard on its first node, until the reader quits. Needs a terminal on stdin and stdout. */
export async function runLiveDemo(count: number, output: Output): Promise<void> {
  const cluster = new DemoCluster();
  const names = Array.from({ length: count }, (_, at) => `n${at + 1}`);
  output.talk(`Starting ${formatCount(count, "daemon")} …`);
  try {
    const [{ runDashboard }, { bound }] = await Promise.all([
      loadDashboard(),
      cluster.start(VIEWER),
    ]);
    await Promise.all(names.slice(1).map((name) => cluster.start(name)));
    const url = `http://${bound?.api}`;
    await runDashboard({ url, style: output.style, extra: demoKeys(cluster) });
  } finally {
    await cluster.endAll();
  }
  output.talk(`${formatCount(count, "daemon")} ended.`);
}
