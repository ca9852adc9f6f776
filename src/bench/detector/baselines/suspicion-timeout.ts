import type { Millis } from "../../../core/member.ts";

/** memberlist's suspicionTimeout: `mult`·max(1, log10 n)·T. */
export function suspicionTimeoutMs(mult: number, members: number, intervalMs: Millis): Millis {
  return mult * Math.max(1, Math.log10(Math.max(1, members))) * intervalMs;
}

/** The bounds between which a suspicion runs, and how many confirmations bring it to `minMs`. */
export interface SuspicionBounds {
  readonly minMs: Millis;
  readonly maxMs: Millis;
  readonly confirmationsWanted: number;
}

/**
 * Lifeguard's shrinking timeout (LHA-Suspicion, §IV-B), from the start of the suspicion: from max
 * to min as independent confirmations come in. Where too few peers could confirm, min at once.
 */
export function lifeguardTimeoutMs(bounds: SuspicionBounds, confirmations: number): Millis {
  const { minMs, maxMs, confirmationsWanted } = bounds;
  if (confirmationsWanted < 1) return minMs;
  const share = Math.log(confirmations + 1) / Math.log(confirmationsWanted + 1);
  return Math.max(minMs, maxMs - share * (maxMs - minMs));
}
