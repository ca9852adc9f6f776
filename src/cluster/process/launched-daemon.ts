import { type ChildProcess, spawn } from "node:child_process";
import { type DaemonSpec, daemonArguments } from "./daemon-arguments.ts";
import { type BoundAddresses, boundAddressesOf, parseLogLine } from "./log-line.ts";
import { OwnedProcess } from "./owned-process.ts";

/** A daemon that should have come up ended before; the message holds its last words. */
export class DaemonStartError extends Error {
  override readonly name = "DaemonStartError";
}

/** How a daemon is launched. */
export interface LaunchOptions {
  /** Path of the program's compiled `main.js`. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A daemon that is a child of this process and never outlives it. */
export interface LaunchedDaemon extends OwnedProcess {
  /** Resolves when it listens; rejects with what it said when it ends before. */
  readonly ready: Promise<BoundAddresses>;
  /** Undefined until it is ready. */
  readonly bound: BoundAddresses | undefined;
}

/** Starts a daemon, reads its log lines, and ties its life to that of this process. */
export function launchDaemon(spec: DaemonSpec, options: LaunchOptions): LaunchedDaemon {
  const [program = process.execPath, ...rest] = [...(spec.prefix ?? []), process.execPath];
  const child = spawn(
    program,
    [...rest, ...daemonArguments(spec, options.entry), "--end-with-parent"],
    { env: options.env, stdio: ["pipe", "ignore", "pipe"] },
  );
  return new ChildDaemon(spec.name, child);
}

class ChildDaemon extends OwnedProcess implements LaunchedDaemon {
  readonly ready: Promise<BoundAddresses>;
  bound: BoundAddresses | undefined;

  constructor(name: string, child: ChildProcess) {
    super(name, child);
    this.ready = new Promise((resolve, reject) => {
      this.readLines(child.stderr, (text) => {
        const line = parseLogLine(text);
        if (line === undefined) return;
        const bound = boundAddressesOf(line);
        if (bound === undefined) return;
        this.bound = bound;
        resolve(bound);
      });
      void this.ended.then((end) => reject(new DaemonStartError(this.tellEarlyEnd(end))));
    });
    // Whoever does not care for readiness must not be ended by its failure.
    this.ready.catch(() => {});
  }
}
