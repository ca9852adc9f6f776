import { isatty } from "node:tty";
import { isUtf8Locale, safeLines } from "../src/text/safe-text.ts";
import { judgeError } from "./errors.ts";
import { guardOutput } from "./guard-output.ts";

/** Prepares this process for a command: what is thrown or cannot be written ends it in an orderly way. */
export function guardProcess(): void {
  guardOutput();
  if (!hasTerminal()) process.on("SIGHUP", () => {});
  process.on("uncaughtException", end);
}

/** Ends this process once its output has been read. */
export async function endWritten(): Promise<never> {
  await new Promise((written) => process.stdout.write("", written));
  return process.exit();
}

/** Ends this process with what is said of the error, and its exit code. */
export function end(error: unknown): never {
  const { exitCode, text } = judgeError(error);
  const ascii = !isUtf8Locale(process.env);
  process.stderr.write(`${safeLines(text, { color: false, ascii })}\n`);
  process.exit(exitCode);
}

/**
 * nohup takes the terminal away and has SIGHUP ignored, and Node forgets the latter at its start. Without a terminal there is
 * none that could hang up, so the signal is not meant to end this process.
 */
function hasTerminal(): boolean {
  return [0, 1, 2].some((fd) => isatty(fd));
}
