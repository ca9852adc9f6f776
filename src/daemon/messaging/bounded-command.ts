import { type ChildProcess, spawn } from "node:child_process";
import type { Millis } from "../../core/member.ts";
import { collectOutput, holdGroup, signalGroup } from "../../discovery/checks/children.ts";

/** What a command of the operator is given, and may take. */
export interface CommandLimits {
  /** Written to its standard input, which then ends. */
  readonly input: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: Millis;
  /** Of standard output and error together; a command that writes more is ended. */
  readonly outputBytesMax: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** How a command ended, and what it wrote. */
export interface CommandOutcome {
  /** Null where a signal ended it, or it could not be started. */
  readonly exitCode: number | null;
  /** Why there is no exit code, in a few words. */
  readonly failure: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** From the first request to end to the one that cannot be refused. */
const KILL_AFTER_MS: Millis = 500;
/** After its end, what it wrote is still on the way; children that it left behind may hold the pipe open forever. */
const DRAIN_MS: Millis = 100;

/**
 * Runs `command` in a shell, in a process group of its own, within its limits: at the end of its time the whole group is
 * ended. Never rejects.
 */
export function runBounded(command: string, limits: CommandLimits): Promise<CommandOutcome> {
  const child = spawn("/bin/sh", ["-c", command], {
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...limits.env },
  });
  holdGroup(child);
  return new Promise((resolve) => {
    let failure: string | null = null;
    const end = (why: string) => {
      failure ??= why;
      endGroup(child);
    };
    const output = collectOutput(child, limits.outputBytesMax, () =>
      end(`wrote more than ${limits.outputBytesMax} bytes`),
    );
    const timer = setTimeout(
      () => end(`did not end within ${limits.timeoutMs / 1000} s`),
      limits.timeoutMs,
    );
    const abort = () => end("was ended with this node");
    if (limits.signal?.aborted) abort();
    limits.signal?.addEventListener("abort", abort);
    const finish = (exitCode: number | null) => {
      clearTimeout(timer);
      limits.signal?.removeEventListener("abort", abort);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
      resolve({
        ...{ exitCode, failure },
        ...{ stdout: output.text("stdout"), stderr: output.text("stderr") },
      });
    };
    child.once("error", (error) => {
      failure = `could not be started (${error.message})`;
      finish(null);
    });
    child.once("exit", (exitCode, signal) => {
      failure ??= signal === null ? null : `was ended by ${signal}`;
      const late = setTimeout(() => finish(exitCode), DRAIN_MS);
      child.once("close", () => {
        clearTimeout(late);
        finish(exitCode);
      });
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(limits.input);
  });
}

/** Asks the group to end, and a moment later does not ask. */
function endGroup(child: ChildProcess): void {
  signalGroup(child, "SIGTERM");
  setTimeout(() => signalGroup(child, "SIGKILL"), KILL_AFTER_MS);
}
