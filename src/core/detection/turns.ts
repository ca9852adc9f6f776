import type { ProbeConfig } from "../config.ts";
import type { MemberName, Millis } from "../member.ts";

/** In periods: between the turns of two observers. */
const TURN_PERIODS = 0.5;
/** In periods: no observer is sent away for longer. With eight observers it takes so long. */
export const TURN_PERIODS_MAX = 4;

/**
 * Who asks this node when, while all is calm (docs/protocol.md §12, rule 43; own, shown by `hearsay
 * sim`). Each ack tells the observer when its next turn is, so that turns come evenly, whoever the
 * observers are and however many. An observer that goes leaves one turn unused; the others then come
 * a little sooner.
 */
export class Turns {
  private readonly turns = new Map<MemberName, Millis>();
  private last: Millis = Number.NEGATIVE_INFINITY;
  private readonly periodMs: Millis;

  constructor({ probeIntervalMs }: Pick<ProbeConfig, "probeIntervalMs">) {
    this.periodMs = probeIntervalMs;
  }

  /** How long from now the observer may wait with its next ping. Asked twice, it keeps its turn. */
  next(observer: MemberName, now: Millis): Millis {
    const gapMs = TURN_PERIODS * this.periodMs;
    const held = this.turns.get(observer);
    if (held !== undefined && held > now + gapMs / 2) return held - now;
    const free = Math.max(this.last + gapMs, now + this.periodMs);
    this.last = Math.min(free, now + TURN_PERIODS_MAX * this.periodMs);
    this.turns.set(observer, this.last);
    return this.last - now;
  }

  /** Nothing is known of the member any more. */
  forget(observer: MemberName): void {
    this.turns.delete(observer);
  }
}
