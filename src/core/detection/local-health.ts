import type { Millis } from "../member.ts";
import type { Outbox } from "../sending/outbox.ts";

const SCORE_MAX = 8;
const STALL_NOTED_MS = 250;
const STALL_LONG_MS = 2000;

/**
 * How far this node distrusts itself, 0 (not at all) to 8 (the score of Lifeguard §IV-A;
 * docs/protocol.md §12, rule 12). Operators see it. No rule acts on it: rules 10 and 11 remove the
 * causes for which Lifeguard multiplies waits by it.
 */
export class LocalHealth {
  private current = 0;
  private readonly outbox: Outbox;

  constructor(outbox: Outbox) {
    this.outbox = outbox;
  }

  /** 0 (healthy) to 8. */
  get score(): number {
    return this.current;
  }

  /** Somebody suspected us and was wrong: perhaps we answer late. */
  onRefutedAccusation(): void {
    this.change(1);
  }

  /**
   * Some helpers sent no nack. Where another member was heard meanwhile, they are more likely dead
   * than this node is ill (rule 12).
   */
  onMissedNacks(heardOther: boolean): void {
    if (!heardOther) this.change(1);
  }

  /**
   * Cut off no longer, so back to 0: what made helpers silent meanwhile is over, or was not this
   * node's illness.
   */
  onReconnected(): void {
    this.change(-SCORE_MAX);
  }

  /** This process did not run: up by 1 beyond 250 ms, by 3 beyond 2 s. */
  onStalled(stalledMs: Millis): void {
    if (stalledMs > STALL_LONG_MS) this.change(3);
    else if (stalledMs > STALL_NOTED_MS) this.change(1);
  }

  /** A ping of ours was answered: down by 1. */
  onAck(): void {
    this.change(-1);
  }

  private change(by: number): void {
    const score = Math.min(SCORE_MAX, Math.max(0, this.current + by));
    if (score === this.current) return;
    this.current = score;
    this.outbox.emit({ kind: "local-health-changed", score });
  }
}
