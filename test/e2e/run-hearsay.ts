import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The program as it is shipped; `npm test` builds it first. */
export const ENTRY = fileURLToPath(new URL("../../dist/cli/hearsay.cjs", import.meta.url));

const COMMAND_MS = 18_000;

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a child process that is still running; without a terminal and without our environment. */
export function spawnHearsay(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  withinMs = COMMAND_MS,
): ChildProcess {
  return spawnPlain(process.execPath, [ENTRY, ...words], { env, withinMs });
}

/** Any program as a child process; without a terminal and without our environment. */
export function spawnPlain(
  program: string,
  words: readonly string[],
  {
    env = {},
    withinMs = COMMAND_MS,
    cwd,
  }: { env?: Readonly<Record<string, string>>; withinMs?: number; cwd?: string },
): ChildProcess {
  const plain = Object.entries(process.env).filter(
    ([name]) => !/^(HEARSAY_|XDG_|NO_COLOR|FORCE_COLOR)/.test(name),
  );
  return spawn(program, [...words], {
    env: { ...Object.fromEntries(plain), LC_ALL: "C.UTF-8", ...env },
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    // No command takes longer than its test says; one that hangs must not outlive it.
    timeout: withinMs,
    killSignal: "SIGKILL",
  });
}

/** Runs a command to its end. */
export async function runHearsay(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  withinMs = COMMAND_MS,
): Promise<Outcome> {
  return outcomeOf(spawnHearsay(words, env, withinMs));
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("the command was started without pipes");
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err, exitCode] = await Promise.all([text(stdout), text(stderr), ended]);
  return { exitCode, stdout: out, stderr: err };
}
