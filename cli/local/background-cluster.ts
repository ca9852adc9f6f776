import { closeSync, openSync } from "node:fs";
import { numberedNodes } from "../../src/cluster/cluster.ts";
import { launchDetached } from "../../src/cluster/process/detached-daemon.ts";
import { exitOnSignals } from "../../src/cluster/process/exit-on-signals.ts";
import { identifyProcess } from "../../src/cluster/process/process-identity.ts";
import { endProcesses } from "../../src/cluster/process/remembered-process.ts";
import type { ProfileName } from "../../src/core/config.ts";
import { ENTRY } from "../../src/daemon/program.ts";
import { ignoredSettings, keyOptions } from "../../src/local/launch-environment.ts";
import {
  type DaemonEntry,
  openStateDirectory,
  type StateDirectory,
  stateDirectoryPath,
  usingStateDirectory,
  withDirectoryLock,
} from "../../src/local/state-directory.ts";
import { formatCount, formatNames, formatSpan } from "../../src/text/quantities.ts";
import { UsageError } from "../errors.ts";
import { formatTitledTable } from "../format/text-style.ts";
import { type Output, printJson } from "../output.ts";

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
  const ignored = ignoredSettings("up", process.env);
  if (ignored !== undefined) output.talk(ignored);
  // Exiting runs the handlers that end what is half started.
  const dismiss = exitOnSignals();
  try {
    await withDirectoryLock(path, () =>
      bringUpIn(openStateDirectory(path, output.talk), args, output),
    );
  } finally {
    dismiss();
  }
}

async function bringUpIn(directory: StateDirectory, args: UpArgs, output: Output): Promise<void> {
  const startMs = performance.now();
  const running = directory.running((stale) =>
    output.talk(`${stale.name} had ended; starting it again.`),
  );
  refuseBesideDemo(running);
  refuseOtherProfile(running, args.profile);
  const wanted = numberedNodes(args.n);
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
  const extra = [...(allowFaults ? ["--allow-faults"] : []), ...keyOptions(process.env)];
  const started: DaemonEntry[] = [];
  const start = async (name: string, seeds: readonly DaemonEntry[]) => {
    const join = seeds.slice(0, 3).map((entry) => entry.address);
    const spec = { name, bind: "127.0.0.1:0", api: "127.0.0.1:0", join, profile, extra };
    const log = directory.logPath(name);
    const logFd = usingStateDirectory(directory.path, () => openSync(log, "w", 0o600));
    const launching = launchDetached(spec, { entry: ENTRY, env: process.env, log, logFd });
    closeSync(logFd);
    const daemon = await launching;
    const startedAt = new Date().toISOString();
    const entry: DaemonEntry = { v: 1, name, ...daemon, profile, startedAt, log };
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
    await endAndDrop(started, directory);
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

/** Ends the daemons of the state directory: they leave gracefully, and are killed when they cannot. */
export async function takeDown({ stateDir }: LocalArgs, output: Output): Promise<void> {
  const directory = openStateDirectory(stateDirectoryPath(stateDir, process.env), output.talk);
  const stale: DaemonEntry[] = [];
  const running = directory.running((entry) => stale.push(entry));
  const killed = await endAndDrop(running, directory);
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
async function endAndDrop(
  entries: readonly DaemonEntry[],
  directory: StateDirectory,
): Promise<DaemonEntry[]> {
  const killed = await endProcesses(entries, KILL_AFTER_MS);
  for (const entry of entries) directory.drop(entry.name);
  return killed;
}

const COLUMNS = ["NAME", "PID", "PROCESS", "GOSSIP", "API", "PROFILE", "UP", "LOG"];

/** `hearsay ps`: the background daemons; entries of ended processes are dropped with a word about it. */
export function listProcesses({ stateDir }: LocalArgs, output: Output): void {
  const directory = openStateDirectory(stateDirectoryPath(stateDir, process.env), output.talk);
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
