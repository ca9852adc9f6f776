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

/** What V8 adds to `Error`: how many frames a new one takes note of. Other engines do not look at it. */
const v8 = Error as { stackTraceLimit?: number | undefined };

/**
 * A peer's mistake: counted by reason, never thrown past the host. `reason` is a short fixed word
 * for the counter. It has no stack, which nobody would see: to take one would be most of the work that a datagram of a flood makes.
 */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly reason: string;

  constructor(reason: string, detail?: string) {
    const { stackTraceLimit } = v8;
    v8.stackTraceLimit = 0;
    super(detail === undefined ? reason : `${reason}: ${detail}`);
    v8.stackTraceLimit = stackTraceLimit;
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
