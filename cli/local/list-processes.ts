import { identifyProcess } from "../../src/cluster/process/process-identity.ts";
import { formatSpan } from "../../src/text/quantities.ts";
import { formatTable } from "../../src/text/table.ts";
import { paint } from "../format/text-style.ts";
import type { Output } from "../output.ts";
import { type DaemonEntry, openStateDirectory, stateDirectoryPath } from "./state-directory.ts";

const COLUMNS = ["NAME", "PID", "PROCESS", "GOSSIP", "API", "PROFILE", "UP", "LOG"];

/** `hearsay ps`: the background daemons; entries of ended processes are dropped with a word about it. */
export function listProcesses(stateDir: string | undefined, output: Output): void {
  const directory = openStateDirectory(stateDirectoryPath(stateDir, process.env));
  const running = directory.running((stale) => {
    const log = stale.log === "" ? "" : `; its log is ${stale.log}`;
    output.talk(`${stale.name} (pid ${stale.pid}) has ended${log}`);
  });
  tellProcesses(running, output);
  if (running.length === 0) output.talk("No background daemon runs; hearsay up 5 starts some.");
}

/** The daemons as a table, or as one JSON object. */
export function tellProcesses(entries: readonly DaemonEntry[], output: Output): void {
  const seen = entries.map((entry) => ({
    ...entry,
    process: identifyProcess(entry.pid)?.isStopped === true ? "frozen" : "running",
  }));
  if (output.json) {
    output.data(JSON.stringify({ v: 1, daemons: seen }));
    return;
  }
  if (seen.length === 0) return;
  const rows = seen.map((entry) => [
    entry.name,
    String(entry.pid),
    entry.process,
    entry.address,
    `http://${entry.api}`,
    entry.profile,
    formatSpan(Math.max(0, Date.now() - Date.parse(entry.startedAt))),
    entry.log || "- (a demo's)",
  ]);
  const [title = "", ...lines] = formatTable(
    COLUMNS.map((name) => ({ title: name })),
    rows,
  );
  output.data(paint(output.style, "bold", title));
  for (const line of lines) output.data(line);
}
