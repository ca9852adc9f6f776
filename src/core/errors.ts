/**
 * The operator's mistake: shown as one line, exit code 2. Says what, which value, what is allowed,
 * what to do.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** What was asked for did not come about: shown as one line, exit code 1. */
export class ConditionNotMetError extends Error {
  override readonly name = "ConditionNotMetError";
}

/**
 * A peer's mistake: counted by reason, never thrown past the host. `reason` is a short fixed word
 * for the counter.
 */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly reason: string;

  constructor(reason: string, detail?: string) {
    super(detail === undefined ? reason : `${reason}: ${detail}`);
    this.reason = reason;
  }
}

/** Our mistake: a stack trace, exit code 70. */
export function invariant(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new InvariantError(rule);
}

/** A rule of our own code is broken. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** What whatever was thrown says, for a sentence around it. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
