import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { type CheckOutcome, outcomeOfError, shorten } from "./check-outcome.ts";
import { collectOutput, holdGroup, signalGroup } from "./children.ts";

/** A script that prints more is ended: it does not check, it floods. */
const OUTPUT_BYTES_MAX = 64 * 1024;
/** How long its last words may take to come after its end, where something else still holds its output open. */
const DRAIN_MS = 200;
/** Exit codes that say: I could not look (Nagios plugins; the shell for what it could not start). */
const COULD_NOT_LOOK: ReadonlySet<number> = new Set([3, 126, 127]);

/**
 * Runs a program once, without a shell, in a process group of its own: whatever it forked ends with it, or when `signal`
 * is aborted.
 */
export async function runScriptCheck(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const [program = "", ...words] = command;
  const child = start(program, words, env);
  if (!("stdout" in child)) return outcomeOfError(child);
  holdGroup(child);
  const endAll = () => signalGroup(child, "SIGKILL");
  signal.addEventListener("abort", endAll);
  const output = collectOutput(child, OUTPUT_BYTES_MAX, endAll);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  try {
    const end = await endOf(child);
    endAll();
    await Promise.race([closed, pause(DRAIN_MS, undefined, { ref: false })]);
    if ("error" in end) return outcomeOfError(end.error);
    return judge(end, output.text().trim(), output.isTooMuch());
  } finally {
    signal.removeEventListener("abort", endAll);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

type End =
  | { readonly error: NodeJS.ErrnoException }
  | { readonly exitCode: number | null; readonly signal: NodeJS.Signals | null };

function start(
  program: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess | NodeJS.ErrnoException {
  try {
    return spawn(program, [...words], {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ error }));
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

function judge(
  { exitCode, signal }: Exclude<End, { error: unknown }>,
  text: string,
  isFlood: boolean,
): CheckOutcome {
  if (isFlood) {
    const said = `printed more than ${OUTPUT_BYTES_MAX} bytes and was ended: ${text}`;
    return { result: "not-run", output: shorten(said) };
  }
  const how = exitCode === null ? `ended by ${signal}` : `exit code ${exitCode}`;
  const output = shorten(text === "" ? how : `${how}: ${text}`);
  if (exitCode === 0) return { result: "passed", output };
  const couldNotLook = exitCode !== null && COULD_NOT_LOOK.has(exitCode);
  return { result: couldNotLook ? "not-run" : "failed", output };
}
