import { ConditionNotMetError, ConfigError } from "../src/core/errors.ts";

export { ConditionNotMetError };

/** A command line that cannot be carried out: one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const EXIT = Object.freeze({
  ok: 0,
  conditionNotMet: 1,
  usage: 2,
  unreachable: 3,
  bug: 70,
});

/**
 * Exit code and text of an error that reached the top. What people did or what the network did is one line; anything
 * else is our bug and shows its stack.
 */
export function judgeError(error: unknown): { readonly exitCode: number; readonly text: string } {
  const exitCode = expectedExitCode(error);
  if (exitCode !== undefined) return { exitCode, text: `hearsay: ${(error as Error).message}` };
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "EMFILE") return { exitCode: EXIT.conditionNotMet, text: NO_MORE_FILES };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    exitCode: EXIT.bug,
    text: `hearsay: this is a bug in hearsay, please report it\n${stack}`,
  };
}

const NO_MORE_FILES =
  "hearsay: this process may open no more files; raise its limit to 256 or more (ulimit -n, LimitNOFILE)";

function expectedExitCode(error: unknown): number | undefined {
  if (error instanceof UsageError || error instanceof ConfigError) return EXIT.usage;
  if (error instanceof ConditionNotMetError) return EXIT.conditionNotMet;
  // Others go by name, so that a command need not load the client or the scenarios.
  if (!(error instanceof Error)) return undefined;
  return EXIT_BY_NAME[error.name];
}

const EXIT_BY_NAME: Readonly<Record<string, number>> = {
  NodeUnreachableError: EXIT.unreachable,
  RequestRefusedError: EXIT.conditionNotMet,
  DaemonStartError: EXIT.conditionNotMet,
  ScenarioError: EXIT.usage,
};
