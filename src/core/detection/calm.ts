import type { ProbeConfig } from "../config.ts";
import type { Millis } from "../member.ts";
import type { UserMessageQueue } from "../sending/user-message-queue.ts";

/** In periods: how long after the last alarm subjects are asked each period still. */
const ALARM_PERIODS = 3;

interface CalmParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly userMessageQueue: Pick<UserMessageQueue, "isEmpty">;
  readonly isIsolated: () => boolean;
  readonly isPartial: () => boolean;
  /** Suspicions that are open. */
  readonly suspicionCount: () => number;
  /** The calm is over: nobody rests any longer. */
  readonly hastenAll: (now: Millis) => void;
}

/**
 * Whether nothing happens in the cluster, as far as this node knows (docs/protocol.md §12, rule 43;
 * own, shown by `hearsay sim`). Then observers take turns in asking a subject. Any news, doubt or
 * difference is an alarm: from then on each asks each period again.
 */
export class Calm {
  /** The start is the first alarm. */
  private alarmedUntil: Millis = Number.POSITIVE_INFINITY;
  private readonly parts: CalmParts;

  constructor(parts: CalmParts) {
    this.parts = parts;
  }

  /** Whether subjects may be asked in turns. */
  isCalm(now: Millis): boolean {
    const { userMessageQueue, isIsolated, isPartial, suspicionCount } = this.parts;
    const isWhole = !isIsolated() && !isPartial();
    return (
      now >= this.alarmedUntil && isWhole && suspicionCount() === 0 && userMessageQueue.isEmpty
    );
  }

  /** Something happened. */
  alarm(now: Millis): void {
    const wasCalm = now >= this.alarmedUntil;
    this.alarmedUntil = now + ALARM_PERIODS * this.parts.config.probeIntervalMs;
    if (wasCalm) this.parts.hastenAll(now);
  }
}
