import { setTimeout as pause } from "node:timers/promises";
import { isStillRunning } from "../../src/cluster/process/process-identity.ts";
import { formatCount, formatNames } from "../../src/text/quantities.ts";
import type { Output } from "../output.ts";
import {
  type DaemonEntry,
  openStateDirectory,
  type StateDirectory,
  stateDirectoryPath,
} from "./state-directory.ts";

/** A daemon leaves within 0.4 s; what runs after this time is frozen or broken. */
const PATIENCE_MS = 4_000;
/** The end of a process that is not our child can only be looked for. */
const LOOK_MS = 20;

/** Ends the daemons of the state directory: they leave gracefully, and are killed when they cannot. */
export async function takeDown(stateDir: string | undefined, output: Output): Promise<void> {
  const directory = openStateDirectory(stateDirectoryPath(stateDir, process.env));
  const stale: DaemonEntry[] = [];
  const running = directory.running((entry) => stale.push(entry));
  const killed = await endProcesses(running, directory);
  if (stale.length > 0) {
    output.talk(`${formatNames(stale.map(({ name }) => name))} had ended before; forgotten.`);
  }
  if (killed.length > 0) {
    output.talk(
      `${formatNames(killed.map(({ name }) => name))} did not leave in time and had to be killed.`,
    );
  }
  const names = running.map(({ name }) => name);
  if (output.json) {
    output.data(JSON.stringify({ v: 1, ended: names, killed: killed.map(({ name }) => name) }));
  } else if (names.length > 0) {
    output.data(`${formatCount(names.length, "daemon")} ended: ${names.join(" ")}`);
  } else {
    output.talk("No background daemon runs; hearsay up 5 starts some.");
  }
}

/** Ends these processes and drops their entries. Returns those that had to be killed. */
export async function endProcesses(
  entries: readonly DaemonEntry[],
  directory: StateDirectory,
): Promise<DaemonEntry[]> {
  for (const entry of entries) {
    signal(entry, "SIGTERM");
    // A frozen one sees the signal once it runs again.
    signal(entry, "SIGCONT");
  }
  const killed = await remaining(entries, PATIENCE_MS);
  for (const entry of killed) signal(entry, "SIGKILL");
  await remaining(killed, PATIENCE_MS);
  for (const entry of entries) directory.drop(entry.name);
  return killed;
}

async function remaining(
  entries: readonly DaemonEntry[],
  withinMs: number,
): Promise<DaemonEntry[]> {
  const deadlineMs = performance.now() + withinMs;
  let left = entries.filter(isRunning);
  while (left.length > 0 && performance.now() < deadlineMs) {
    await pause(LOOK_MS);
    left = left.filter(isRunning);
  }
  return left;
}

function isRunning(entry: DaemonEntry): boolean {
  return isStillRunning(entry.pid, entry.processStart);
}

/** The pid is looked at just before: it could have become somebody else's. */
function signal(entry: DaemonEntry, name: NodeJS.Signals): void {
  if (!isRunning(entry)) return;
  try {
    process.kill(entry.pid, name);
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
