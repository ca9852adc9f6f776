import type { ProfileName } from "../../src/core/config.ts";
import { formatCount, formatSpan } from "../../src/text/quantities.ts";
import { UsageError } from "../errors.ts";
import type { Output } from "../output.ts";
import { startBackgroundDaemon } from "./background-daemon.ts";
import { withDirectoryLock } from "./directory-lock.ts";
import { tellProcesses } from "./list-processes.ts";
import {
  type DaemonEntry,
  openStateDirectory,
  type StateDirectory,
  stateDirectoryPath,
} from "./state-directory.ts";
import { endProcesses } from "./take-down.ts";

export interface UpChoice {
  readonly count: number;
  readonly profile: ProfileName;
  readonly stateDir: string | undefined;
  /** Of the daemons that are started now. */
  readonly allowFaults: boolean;
}

/** Sees to it that n1 … n<count> run in the background as one cluster, and returns when all of them listen. */
export async function bringUp(choice: UpChoice, output: Output): Promise<void> {
  const path = stateDirectoryPath(choice.stateDir, process.env);
  // Exiting runs the handlers that end what is half started.
  const exitOnSignal = () => process.exit(130);
  process.once("SIGINT", exitOnSignal);
  process.once("SIGTERM", exitOnSignal);
  try {
    await withDirectoryLock(path, () => bringUpIn(openStateDirectory(path), choice, output));
  } finally {
    process.removeListener("SIGINT", exitOnSignal);
    process.removeListener("SIGTERM", exitOnSignal);
  }
}

async function bringUpIn(
  directory: StateDirectory,
  choice: UpChoice,
  output: Output,
): Promise<void> {
  const startMs = performance.now();
  const running = directory.running((stale) =>
    output.talk(`${stale.name} had ended; it is started anew.`),
  );
  refuseBesideDemo(running);
  refuseOtherProfile(running, choice.profile);
  const wanted = Array.from({ length: choice.count }, (_, at) => `n${at + 1}`);
  const missing = wanted.filter((name) => running.every((entry) => entry.name !== name));
  await startMissing(missing, running, choice, directory);
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
  { profile, allowFaults }: UpChoice,
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
    `up: ${demo.name} belongs to a demo that runs (pid ${demo.pid}); end it with q in its terminal or with ` +
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
