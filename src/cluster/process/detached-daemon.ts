import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ConditionNotMetError, ConfigError } from "../../core/errors.ts";
import type { Millis } from "../../core/member.ts";
import { formatSpan } from "../../text/quantities.ts";
import { type DaemonSpec, daemonArguments, plainEnvironment } from "./daemon-arguments.ts";
import { type BoundAddresses, messageOf } from "./log-line.ts";
import { identifyProcess } from "./process-identity.ts";
import type { RememberedProcess } from "./remembered-process.ts";

/** How a detached daemon is launched. */
export interface DetachedOptions {
  /** Path of the program's compiled `main.js`. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  /** File that its log lines go to, and that file opened for writing. */
  readonly log: string;
  readonly logFd: number;
}

const READY_FD = 3;
/** A daemon listens within a fraction of a second; a machine with much to do may need some. */
const READY_WITHIN_MS: Millis = 20_000;
/** A daemon that finds its settings unusable ends so. */
const EXIT_UNUSABLE = 2;

/** They end with this process. One listener for all of them: there may be a hundred, and Node warns of eleven. */
const unremembered = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of unremembered) child.kill("SIGKILL");
});

/**
 * Starts a daemon that outlives this process, and waits until it listens. Until then it dies with this process, since nobody has
 * remembered it yet.
 *
 * @throws ConfigError or ConditionNotMetError with its last words when it ends before it is ready
 */
export async function launchDetached(
  spec: DaemonSpec,
  options: DetachedOptions,
): Promise<RememberedProcess & BoundAddresses> {
  const { log } = options;
  const child = spawnDetached(spec, options);
  unremembered.add(child);
  try {
    const late = `${spec.name} did not listen within ${formatSpan(READY_WITHIN_MS)} (its log is ${log})`;
    const bound = await readReady(child, new ConditionNotMetError(late));
    const pid = child.pid ?? 0;
    const identity = identifyProcess(pid);
    if (bound === undefined || identity === undefined) throw await failureOf(child, spec.name, log);
    child.unref();
    return { pid, processStart: identity.start, ...bound };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    unremembered.delete(child);
  }
}

function spawnDetached(spec: DaemonSpec, { entry, env, logFd }: DetachedOptions): ChildProcess {
  const words = [...daemonArguments(spec, entry), "--ready-fd", String(READY_FD)];
  return spawn(process.execPath, words, {
    detached: true,
    env: plainEnvironment(env),
    stdio: ["ignore", "ignore", logFd, "pipe"],
  });
}

/** What the daemon says on its extra pipe: one line when it listens, nothing when it ended before. Rejects with `late`. */
async function readReady(child: ChildProcess, late: Error): Promise<BoundAddresses | undefined> {
  const pipe = child.stdio[READY_FD] as Readable;
  const timer = setTimeout(() => pipe.destroy(late), READY_WITHIN_MS);
  const said = await text(pipe).finally(() => clearTimeout(timer));
  return said === "" ? undefined : (JSON.parse(said) as BoundAddresses);
}

async function failureOf(child: ChildProcess, name: string, log: string): Promise<Error> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  const words = messageOf(readFileSync(log, "utf8").trim().split("\n").at(-1) ?? "");
  const message = `${name} did not start: ${words === "" ? `exit code ${child.exitCode}` : words}`;
  if (child.exitCode === EXIT_UNUSABLE) return new ConfigError(message);
  return new ConditionNotMetError(`${message} (its log is ${log})`);
}
