import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import {
  type DaemonSpec,
  daemonArguments,
  plainEnvironment,
} from "../../src/cluster/process/daemon-arguments.ts";
import { type BoundAddresses, messageOf } from "../../src/cluster/process/log-line.ts";
import { identifyProcess } from "../../src/cluster/process/process-identity.ts";
import { ENTRY } from "../../src/daemon/program.ts";
import { formatSpan } from "../../src/text/quantities.ts";
import { ConditionNotMetError, EXIT, UsageError } from "../errors.ts";
import { type DaemonEntry, usingStateDirectory } from "./state-directory.ts";

const READY_FD = 3;
/** They end with this process. One listener for all of them: there may be a hundred, and Node warns of eleven. */
const unremembered = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of unremembered) child.kill("SIGKILL");
});
/** A daemon listens within a fraction of a second; a machine with much to do may need some. */
const READY_WITHIN_MS = 20_000;

/**
 * Starts a daemon that outlives this process, its log lines going to a file, and waits until it listens. Until then it
 * dies with this process, since nobody has remembered it yet.
 *
 * @throws UsageError or ConditionNotMetError with its last words when it ends before it is ready
 */
export async function startBackgroundDaemon(spec: DaemonSpec, log: string): Promise<DaemonEntry> {
  const child = spawnDetached(spec, log);
  unremembered.add(child);
  try {
    const tooLate = () =>
      `${spec.name} did not listen within ${formatSpan(READY_WITHIN_MS)} (its log is ${log})`;
    const bound = await within(readReady(child), READY_WITHIN_MS, tooLate);
    const pid = child.pid ?? 0;
    const identity = identifyProcess(pid);
    if (bound === undefined || identity === undefined) throw await failureOf(child, spec.name, log);
    child.unref();
    return {
      v: 1,
      name: spec.name,
      pid,
      processStart: identity.start,
      ...bound,
      profile: spec.profile,
      startedAt: new Date().toISOString(),
      log,
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    unremembered.delete(child);
  }
}

function spawnDetached(spec: DaemonSpec, log: string): ChildProcess {
  const logFd = usingStateDirectory(dirname(log), () => openSync(log, "w", 0o600));
  try {
    return spawn(
      process.execPath,
      [...daemonArguments(spec, ENTRY), "--ready-fd", String(READY_FD)],
      {
        detached: true,
        env: plainEnvironment(process.env),
        stdio: ["ignore", "ignore", logFd, "pipe"],
      },
    );
  } finally {
    closeSync(logFd);
  }
}

/** What the daemon says on its extra pipe: one line when it listens, nothing when it ended before. */
async function readReady(child: ChildProcess): Promise<BoundAddresses | undefined> {
  const said = await text(child.stdio[READY_FD] as Readable);
  return said === "" ? undefined : (JSON.parse(said) as BoundAddresses);
}

async function failureOf(child: ChildProcess, name: string, log: string): Promise<Error> {
  const exitCode = await endOf(child);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const words = messageOf(lines.at(-1) ?? "");
  const message = `${name} did not start: ${words === "" ? `exit code ${exitCode}` : words}`;
  if (exitCode === EXIT.usage) return new UsageError(message);
  return new ConditionNotMetError(`${message} (its log is ${log})`);
}

async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return new Promise((resolve) => child.once("exit", (code) => resolve(code)));
}

/**
 * The outcome of `work`, unless it takes longer than `withinMs`.
 *
 * @throws ConditionNotMetError with `complaint` when the time is over; `work` itself goes on
 */
export async function within<T>(
  work: Promise<T>,
  withinMs: number,
  complaint: () => string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ConditionNotMetError(complaint())), withinMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
