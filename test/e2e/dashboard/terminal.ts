import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { vi } from "vitest";
import { ENTRY } from "../run-hearsay.ts";

const run = promisify(execFile);
let opened = 0;

/** Why these tests cannot run here; undefined when they can. */
export const NO_TMUX =
  spawnSync("tmux", ["-V"]).status === 0 ? undefined : "tmux is not installed (Debian: tmux)";

/** Until something is on the screen: a machine with much to do may need long. */
const SEEN_MS = 12_000;

/** A real terminal of its own tmux server, with a shell in it. */
export class Terminal {
  private readonly socket = `hearsay-test-${process.pid}-${++opened}`;

  /** It ends with `close`, or with the process `ownerPid`: a test that is killed leaves no server behind. */
  static async open(columns: number, rows: number, ownerPid = process.pid): Promise<Terminal> {
    const terminal = new Terminal();
    const size = ["-x", String(columns), "-y", String(rows)];
    const shell = "env PS1='$ ' LC_ALL=C.UTF-8 sh";
    await terminal.tmux("-f", "/dev/null", "new-session", "-d", "-s", "t", ...size, shell);
    await terminal.endWith(ownerPid);
    await terminal.untilSeen("$");
    return terminal;
  }

  /** Whether its server still runs. */
  async isOpen(): Promise<boolean> {
    return this.tmux("has-session").then(
      () => true,
      () => false,
    );
  }

  /** Types a line into the shell. The program is what `npm test` built. */
  async command(...words: readonly string[]): Promise<void> {
    await this.type(`${process.execPath} ${ENTRY} ${words.join(" ")}; echo "left with $?"`);
  }

  async type(line: string): Promise<void> {
    await this.tmux("send-keys", "-t", "t", "-l", line);
    await this.keys("Enter");
  }

  async keys(...keys: readonly string[]): Promise<void> {
    await this.tmux("send-keys", "-t", "t", ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.tmux("resize-window", "-t", "t", "-x", String(columns), "-y", String(rows));
  }

  /** What is on the screen, without blanks at the ends of lines. */
  async screen(): Promise<string> {
    return (await this.tmux("capture-pane", "-p", "-t", "t")).trimEnd();
  }

  /** Waits until the screen holds the text, or fits. @returns the screen */
  async untilSeen(wanted: string | RegExp | ((screen: string) => boolean)): Promise<string> {
    const fits = (screen: string) =>
      typeof wanted === "function"
        ? wanted(screen)
        : typeof wanted === "string"
          ? screen.includes(wanted)
          : wanted.test(screen);
    let screen = "";
    try {
      await vi.waitUntil(
        async () => {
          screen = await this.screen();
          return fits(screen);
        },
        { timeout: SEEN_MS, interval: 20 },
      );
    } catch {
      throw new Error(`not seen on the screen: ${String(wanted)}\n${screen}`);
    }
    return screen;
  }

  /** `cursor`: whether it is shown; `alternate`: whether the alternate screen is in use. */
  async state(): Promise<{ readonly cursor: boolean; readonly alternate: boolean }> {
    const told = await this.tmux("display", "-p", "-t", "t", "#{cursor_flag} #{alternate_on}");
    const [cursor, alternate] = told.trim().split(" ");
    return { cursor: cursor === "1", alternate: alternate === "1" };
  }

  /** Process id of the program that runs in the shell. */
  async programPid(): Promise<number> {
    const shell = (await this.tmux("display", "-p", "-t", "t", "#{pane_pid}")).trim();
    const { stdout } = await run("ps", ["-o", "pid=", "--ppid", shell]);
    return Number(stdout.trim().split("\n")[0]);
  }

  /** Ends the server and what runs in it. */
  async close(): Promise<void> {
    await this.tmux("kill-server").catch(() => undefined);
  }

  private async endWith(pid: number): Promise<void> {
    const watch = `while kill -0 ${pid} 2>/dev/null; do sleep 0.5; done`;
    await this.tmux("run-shell", "-b", `${watch}; tmux -L ${this.socket} kill-server`);
  }

  private async tmux(...words: readonly string[]): Promise<string> {
    return (await run("tmux", ["-L", this.socket, ...words])).stdout;
  }
}
