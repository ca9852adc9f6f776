import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { messageOf } from "./log-line.ts";

/** How a process ended. */
export interface ExitStatus {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

const LINES_KEPT = 20;

/**
 * A child of this process: its lines, its end, and the signals that a play or a benchmark sends it.
 */
export class OwnedProcess {
  readonly name: string;
  readonly ended: Promise<ExitStatus>;
  /** Undefined while it runs. */
  end: ExitStatus | undefined;
  private readonly child: ChildProcess;
  private readonly lastLines: string[] = [];
  private dismissGuard: (() => void) | undefined;

  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.child = child;
    // The pipe is only there to break with us; a child that ended first must not end us.
    child.stdin?.on("error", () => {});
    this.ended = this.watchEnd();
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isFrozen(): boolean {
    return this.dismissGuard !== undefined;
  }

  /** Sends a signal; does nothing once the process has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.end === undefined) this.child.kill(signal);
  }

  /** Stops the process (SIGSTOP). It thaws by itself when this process dies, and then ends. */
  freeze(): void {
    if (this.end !== undefined || this.isFrozen) return;
    this.dismissGuard = startThawGuard(this.pid);
    this.signal("SIGSTOP");
  }

  thaw(): void {
    this.signal("SIGCONT");
    this.dismissGuard?.();
    this.dismissGuard = undefined;
  }

  protected readLines(stream: Readable | null, onLine: (text: string) => void): void {
    if (stream === null) return;
    createInterface({ input: stream }).on("line", (text) => {
      this.lastLines.push(text);
      if (this.lastLines.length > LINES_KEPT) this.lastLines.shift();
      onLine(text);
    });
  }

  /** Why it is not there although it should be, with its last words. */
  protected tellEarlyEnd(end: ExitStatus): string {
    const how = end.signal === null ? `exit code ${end.exitCode}` : end.signal;
    const said = this.lastLines.map(messageOf).join("\n") || "it said nothing";
    return `${this.name} ended before it was ready (${how}): ${said}`;
  }

  private watchEnd(): Promise<ExitStatus> {
    return new Promise((resolve) => {
      const settle = (exitCode: number | null, signal: NodeJS.Signals | null) => {
        this.end = { exitCode, signal };
        this.dismissGuard?.();
        this.dismissGuard = undefined;
        resolve(this.end);
      };
      this.child.once("close", settle);
      this.child.once("error", (error) => {
        this.lastLines.push(error.message);
        settle(null, null);
      });
    });
  }
}

/**
 * Sees to it that a frozen process does not stay behind for ever when this process is killed: a
 * stopped process cannot notice that its parent died. A shell waits on a pipe that breaks with us,
 * and then thaws the process.
 *
 * @returns ends the guard when the process was thawed otherwise
 */
function startThawGuard(pid: number): () => void {
  const guard = spawn("sh", ["-c", 'read -r _; kill -CONT "$1" 2>/dev/null', "sh", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    // In a process group of its own, so that a Ctrl-C on the terminal does not end it before its
    // work is done.
    detached: true,
  });
  guard.on("error", () => {});
  guard.stdin.on("error", () => {});
  return () => guard.kill("SIGKILL");
}
