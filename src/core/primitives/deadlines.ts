/** Monotonic milliseconds, or a span of them. Fractions are allowed. */
export type Millis = number;

/** A deadline that is not set. */
export const NEVER: Millis = Number.POSITIVE_INFINITY;

/** A part of the node that waits for time to pass. */
export interface Timed {
  /** Judges every deadline that `now` has reached. Only wakeups call it, never messages. */
  wake(now: Millis): void;
  /** The next deadline, or NEVER. */
  nextDeadline(): Millis;
}

/** The earliest of what `at` gives for the items, or NEVER. */
export function earliest<T>(items: Iterable<T>, at: (item: T) => Millis): Millis {
  let first = NEVER;
  for (const item of items) first = Math.min(first, at(item));
  return first;
}
