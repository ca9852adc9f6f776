import { setTimeout as pause } from "node:timers/promises";
import { identifyProcess, isStillRunning } from "../../src/cluster/process/process-identity.ts";
import type { ProfileName } from "../../src/core/config.ts";
import { formatCount, formatNames, formatSpan } from "../../src/text/quantities.ts";
import { UsageError } from "../errors.ts";
import { formatTitledTable } from "../format/text-style.ts";
import { type Output, printJson } from "../output.ts";
import { startBackgroundDaemon } from "./background-daemon.ts";
import {
  type DaemonEntry,
  openStateDirectory,
  type StateDirectory,
  stateDirectoryPath,
  withDirectoryLock,
} from "./state-directory.ts";

/** What every command about background daemons is given. */
export interface LocalArgs {
  readonly stateDir?: string | undefined;
  readonly json: boolean;
}

/** What `hearsay up` was asked for. */
export interface UpArgs extends LocalArgs {
  readonly n: number;
  readonly profile: ProfileName;
  /** Of the daemons that are started now. */
  readonly allowFaults?: boolean | undefined;
}

/** Sees to it that n1 … n<n> run in the background as one cluster, and returns when all of them listen. */
export async function bringUp(args: UpArgs, output: Output): Promise<void> {
  const path = stateDirectoryPath(args.stateDir, process.env);
  // Exiting runs the handlers that end what is half started.
  const exitOnSignal = () => process.exit(130);
  process.once("SIGINT", exitOnSignal).once("SIGTERM", exitOnSignal);
  try {
    await withDirectoryLock(path, () => bringUpIn(openStateDirectory(path), args, output));
  } finally {
    process.off("SIGINT", exitOnSignal).off("SIGTERM", exitOnSignal);
  }
}

async function bringUpIn(directory: StateDirectory, args: UpArgs, output: Output): Promise<void> {
  const startMs = performance.now();
  const running = directory.running((stale) =>
    output.talk(`${stale.name} had ended; starting it again.`),
  );
  refuseBesideDemo(running);
  refuseOtherProfile(running, args.profile);
  const wanted = Array.from({ length: args.n }, (_, at) => `n${at + 1}`);
  const missing = wanted.filter((name) => running.every((entry) => entry.name !== name));
  await startMissing(missing, running, args, directory);
  const all = directory.running();
  tellProcesses(all, output);
  const took = formatSpan(performance.now() - startMs);
  output.talk(
    missing.length === 0
      ? `${formatCount(all.length, "daemon")} were up already; hearsay down ends them.`
      : `${formatCount(missing.length, "daemon")} started in ${took}; next: hearsay members, hearsay down`,
  );
}

/** The first one alone, because the others need its address; then all at once. */
async function startMissing(
  missing: readonly string[],
  running: readonly DaemonEntry[],
  { profile, allowFaults = false }: UpArgs,
  directory: StateDirectory,
): Promise<void> {
  const extra = allowFaults ? ["--allow-faults"] : [];
  const started: DaemonEntry[] = [];
  const start = async (name: string, seeds: readonly DaemonEntry[]) => {
    const join = seeds.slice(0, 3).map((entry) => entry.address);
    const spec = { name, bind: "127.0.0.1:0", api: "127.0.0.1:0", join, profile, extra };
    const entry = await startBackgroundDaemon(spec, directory.logPath(name));
    directory.remember(entry);
    started.push(entry);
  };
  const [first, ...others] = missing;
  if (first === undefined) return;
  try {
    await start(first, running);
    const seeds = running.length > 0 ? running : [...started];
    const outcomes = await Promise.allSettled(others.map((name) => start(name, seeds)));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } catch (error) {
    await endProcesses(started, directory);
    throw error;
  }
}

/** A demo takes its daemons with it when it ends. */
function refuseBesideDemo(running: readonly DaemonEntry[]): void {
  const demo = running.find((entry) => entry.demo === true);
  if (demo === undefined) return;
  throw new UsageError(
    `up: ${demo.name} belongs to a running demo (pid ${demo.pid}); end it with q in its terminal or with ` +
      "hearsay down, or choose another --state-dir",
  );
}

function refuseOtherProfile(running: readonly DaemonEntry[], profile: ProfileName): void {
  const other = running.find((entry) => entry.profile !== profile);
  if (other === undefined) return;
  throw new UsageError(
    `--profile: ${other.name} already runs with profile ${other.profile}, and a cluster has one; ` +
      `use --profile ${other.profile}, or end it with hearsay down`,
  );
}

const NONE_RUNS = "No background daemon runs; hearsay up 5 starts some.";
/** A daemon leaves within 0.4 s; what runs after this time is frozen or broken. */
const KILL_AFTER_MS = 4_000;
/** The end of a process that is not our child can only be looked for. */
const LOOK_MS = 20;

/** Ends the daemons of the state directory: they leave gracefully, and are killed when they cannot. */
export async function takeDown({ stateDir }: LocalArgs, output: Output): Promise<void> {
  const directory = openStateDirectory(stateDirectoryPath(stateDir, process.env));
  const stale: DaemonEntry[] = [];
  const running = directory.running((entry) => stale.push(entry));
  const killed = await endProcesses(running, directory);
  if (stale.length > 0) {
    output.talk(`${formatNames(namesOf(stale))} had ended before; forgotten.`);
  }
  if (killed.length > 0) {
    output.talk(`${formatNames(namesOf(killed))} did not leave in time and had to be killed.`);
  }
  const ended = namesOf(running);
  if (printJson(output, { v: 1, ended, killed: namesOf(killed) })) return;
  if (ended.length === 0) output.talk(NONE_RUNS);
  else output.data(`${formatCount(ended.length, "daemon")} ended: ${ended.join(" ")}`);
}

function namesOf(entries: readonly DaemonEntry[]): string[] {
  return entries.map(({ name }) => name);
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
  const killed = await remaining(entries, KILL_AFTER_MS);
  for (const entry of killed) signal(entry, "SIGKILL");
  await remaining(killed, KILL_AFTER_MS);
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

const COLUMNS = ["NAME", "PID", "PROCESS", "GOSSIP", "API", "PROFILE", "UP", "LOG"];

/** `hearsay ps`: the background daemons; entries of ended processes are dropped with a word about it. */
export function listProcesses({ stateDir }: LocalArgs, output: Output): void {
  const directory = openStateDirectory(stateDirectoryPath(stateDir, process.env));
  const running = directory.running((stale) => {
    const log = stale.log === "" ? "" : `; its log is ${stale.log}`;
    output.talk(`${stale.name} (pid ${stale.pid}) has ended${log}`);
  });
  tellProcesses(running, output);
  if (running.length === 0) output.talk(NONE_RUNS);
}

/** The daemons as a table, or as one JSON object. */
export function tellProcesses(entries: readonly DaemonEntry[], output: Output): void {
  const seen = entries.map((entry) => ({
    ...entry,
    process: identifyProcess(entry.pid)?.isStopped === true ? "frozen" : "running",
  }));
  if (printJson(output, { v: 1, daemons: seen }) || seen.length === 0) return;
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
  for (const line of formatTitledTable(output.style, COLUMNS, rows)) output.data(line);
}
