import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ConditionNotMetError } from "../errors.ts";
import {
  type BoundAddresses,
  boundAddressesOf,
  type LogLine,
  messageOf,
  parseLogLine,
} from "./log-line.ts";
import { type DaemonSpec, daemonArguments } from "./program.ts";
import { startThawGuard } from "./thaw-guard.ts";

export interface LaunchOptions {
  /** Path of the program's compiled `main.js`. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine?: (line: LogLine, daemon: LaunchedDaemon) => void;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A daemon that is a child of this process and never outlives it. */
export interface LaunchedDaemon {
  readonly name: string;
  readonly spec: DaemonSpec;
  readonly pid: number;
  /** Resolves when it listens; rejects with what it said when it ends before. */
  readonly ready: Promise<BoundAddresses>;
  readonly ended: Promise<ProcessEnd>;
  /** Undefined while it runs. */
  readonly end: ProcessEnd | undefined;
  /** Undefined until it is ready. */
  readonly bound: BoundAddresses | undefined;
  readonly isFrozen: boolean;
  /** Sends a signal; does nothing once the process has ended. */
  signal(signal: NodeJS.Signals): void;
  /** Stops the process (SIGSTOP). It thaws by itself when this process dies, and then ends. */
  freeze(): void;
  thaw(): void;
}

const LINES_KEPT = 20;

/** Starts a daemon, reads its log lines, and ties its life to that of this process. */
export function launchDaemon(spec: DaemonSpec, options: LaunchOptions): LaunchedDaemon {
  const child = spawn(
    process.execPath,
    [...daemonArguments(spec, options.entry), "--end-with-parent"],
    { env: options.env, stdio: ["pipe", "ignore", "pipe"] },
  );
  return new ChildDaemon(spec, child, options.onLine);
}

class ChildDaemon implements LaunchedDaemon {
  readonly spec: DaemonSpec;
  readonly ready: Promise<BoundAddresses>;
  readonly ended: Promise<ProcessEnd>;
  end: ProcessEnd | undefined;
  bound: BoundAddresses | undefined;
  readonly #child: ChildProcess;
  readonly #lastLines: string[] = [];
  #dismissGuard: (() => void) | undefined;

  constructor(spec: DaemonSpec, child: ChildProcess, onLine: LaunchOptions["onLine"]) {
    this.spec = spec;
    this.#child = child;
    // The pipe is only there to break with us; a daemon that ended first must not end us.
    child.stdin?.on("error", () => {});
    this.ended = this.#watchEnd();
    this.ready = this.#watchLines(onLine);
    // Whoever does not care for readiness must not be ended by its failure.
    this.ready.catch(() => {});
  }

  get name(): string {
    return this.spec.name;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isFrozen(): boolean {
    return this.#dismissGuard !== undefined;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.end === undefined) this.#child.kill(signal);
  }

  freeze(): void {
    if (this.end !== undefined || this.isFrozen) return;
    this.#dismissGuard = startThawGuard(this.pid);
    this.signal("SIGSTOP");
  }

  thaw(): void {
    this.signal("SIGCONT");
    this.#dismissGuard?.();
    this.#dismissGuard = undefined;
  }

  #watchEnd(): Promise<ProcessEnd> {
    return new Promise((resolve) => {
      const settle = (exitCode: number | null, signal: NodeJS.Signals | null) => {
        this.end = { exitCode, signal };
        this.#dismissGuard?.();
        this.#dismissGuard = undefined;
        resolve(this.end);
      };
      this.#child.once("close", settle);
      this.#child.once("error", (error) => {
        this.#lastLines.push(error.message);
        settle(null, null);
      });
    });
  }

  #watchLines(onLine: LaunchOptions["onLine"]): Promise<BoundAddresses> {
    return new Promise((resolve, reject) => {
      const { stderr } = this.#child;
      if (stderr === null) return;
      createInterface({ input: stderr }).on("line", (text) => {
        this.#lastLines.push(text);
        if (this.#lastLines.length > LINES_KEPT) this.#lastLines.shift();
        const line = parseLogLine(text);
        if (line === undefined) return;
        const bound = boundAddressesOf(line);
        if (bound !== undefined) {
          this.bound = bound;
          resolve(bound);
        }
        onLine?.(line, this);
      });
      void this.ended.then((end) => reject(new ConditionNotMetError(this.#tellEnd(end))));
    });
  }

  #tellEnd(end: ProcessEnd): string {
    const how = end.signal === null ? `exit code ${end.exitCode}` : end.signal;
    const said = this.#lastLines.map(messageOf).join("\n");
    return `${this.name} ended before it was ready (${how}): ${said === "" ? "it said nothing" : said}`;
  }
}
