import { closeSync, readFileSync, writeSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import type { DaemonReady } from "../../src/daemon/daemon-ready.ts";
import type { DaemonSettings } from "../../src/daemon/settings.ts";
import { safeJson } from "../../src/text/safe-text.ts";
import { EXIT, judgeError, UsageError } from "../errors.ts";

/** What `hearsay start` was given, by the names of the settings. */
export type Flags = Readonly<Record<string, unknown>>;

/** `hearsay start`: one daemon in this process, until it has left or was told to yield. */
export async function runDaemon(flags: Flags): Promise<void> {
  if (flags.endWithParent === true) endWithParent();
  tuneForRest();
  let settings: DaemonSettings | undefined;
  try {
    const { env } = process;
    const [{ loadYamlParser }, { resolveSettings }, { startDaemon }] = await Promise.all([
      import("../../src/daemon/settings/sources.ts"),
      import("../../src/daemon/settings.ts"),
      import("../../src/daemon/daemon.ts"),
    ]);
    const parseYaml = await loadYamlParser({ flags, env });
    const readFile = (path: string) => readFileSync(path, "utf8");
    const reread = () => resolveSettings({ flags, env, readFile, parseYaml });
    settings = reread();
    const daemon = await startDaemon(settings, { signals: process, reread });
    const readyFd = flags.readyFd;
    if (typeof readyFd === "number" && !tellReady(readyFd, daemon.ready)) await daemon.stop();
    const { exitCode, reason } = await daemon.done;
    if (exitCode === EXIT.usage) throw new UsageError(reason);
    process.exitCode = exitCode;
  } catch (error) {
    const log = settings?.log ?? flags.log ?? process.env.HEARSAY_LOG;
    if (log !== "json") throw error;
    process.exitCode = tellFailureAsJson(error);
  }
}

/**
 * A daemon rests, and then everything happens at once: V8 would optimize code while the news of a crash spreads, just when the processor is
 * needed. So code has to be hotter before V8 does so (its default is 132 KiB of bytecode). And V8 lets garbage grow by 8 MB
 * before it collects, unless it is told to keep the heap small: then an idle daemon needs a quarter less of the processor, too. Names of
 * V8's flags are not an interface, so this is for the version that it was measured with.
 */
function tuneForRest(): void {
  if (!process.versions.v8.startsWith("11.")) return;
  setFlagsFromString("--interrupt-budget=2000000");
  setFlagsFromString("--optimize-for-size");
}

/** The launcher holds the other end of our stdin: when it breaks, nobody is left who would end us. */
function endWithParent(): void {
  const end = () => process.exit(EXIT.ok);
  process.stdin.on("end", end).on("error", end).resume();
}

/**
 * Tells a launcher that this daemon listens, and where.
 *
 * @returns false when the launcher is gone: it could not remember this daemon, so nobody would ever end it
 */
function tellReady(fd: number, { address, api }: DaemonReady): boolean {
  try {
    writeSync(fd, `${JSON.stringify({ address, api })}\n`);
    closeSync(fd);
    return true;
  } catch {
    return false;
  }
}

/** Keeps the promise of `--log json` that each line on stderr is a JSON object, for the last line too. */
function tellFailureAsJson(error: unknown): number {
  const { exitCode } = judgeError(error);
  if (exitCode === EXIT.bug) throw error;
  const message = error instanceof Error ? error.message : String(error);
  const time = new Date().toISOString();
  const line = { time, level: "error", event: "failed", exitCode, message };
  process.stderr.write(`${safeJson(JSON.stringify(line))}\n`);
  return exitCode;
}
