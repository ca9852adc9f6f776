import type { Millis } from "../../core/member.ts";
import type { PoolConfig } from "./pool-config.ts";

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
 * memberlist's suspectNode: the bounds for a pool of so many members, its lately dead included. A
 * pool too small for enough confirmations wants none.
 */
export function suspicionBounds(
  settings: {
    readonly mult: number;
    readonly maxTimeoutMult: number;
    readonly probeIntervalMs: Millis;
  },
  members: number,
): SuspicionBounds {
  const wanted = settings.mult - 2;
  const minMs = suspicionTimeoutMs(settings.mult, members, settings.probeIntervalMs);
  return {
    minMs,
    maxMs: settings.maxTimeoutMult * minMs,
    confirmationsWanted: members - 2 < wanted ? 0 : wanted,
  };
}

/** The same by the settings of a watched pool. */
export function poolSuspicionBounds(config: PoolConfig, members: number): SuspicionBounds {
  return suspicionBounds(
    {
      mult: config.poolSuspicionMult,
      maxTimeoutMult: config.poolSuspicionMaxTimeoutMult,
      probeIntervalMs: config.poolProbeIntervalMs,
    },
    members,
  );
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
