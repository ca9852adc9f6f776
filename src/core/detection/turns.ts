import type { ProbeConfig } from "../config.ts";
import type { MemberName, Millis } from "../member.ts";
import type { Subject } from "./subject.ts";

/** In periods: between the turns of two observers. */
const TURN_PERIODS = 0.75;
/** In a larger cluster, where a node has to hear four others in 2 T to know that it is not cut off. */
const TURN_PERIODS_LARGE = 0.5;
/** In periods: no observer is sent away for longer. With eleven observers it takes so long. */
const TURN_PERIODS_MAX = 8;
/** Turns are not believed to be sooner. */
const TURN_PERIODS_MIN = 0.5;

/**
 * While all is calm, observers take turns in asking a subject (docs/protocol.md §12, rule 43; own,
 * shown by `hearsay sim`). This is the subject's side: each ack tells the observer when its next
 * turn is, so that turns come evenly, whoever the observers are and however many. An observer that
 * goes leaves one turn unused; the others then come a little sooner. What ends the calm stands in
 * `calm.ts`: then `Prober.hastenAll` asks each subject again.
 */
export class Turns {
  private readonly turns = new Map<MemberName, Millis>();
  private last: Millis = Number.NEGATIVE_INFINITY;
  private readonly periodMs: Millis;

  private readonly isLarge: () => boolean;

  constructor({ probeIntervalMs }: Pick<ProbeConfig, "probeIntervalMs">, isLarge: () => boolean) {
    this.periodMs = probeIntervalMs;
    this.isLarge = isLarge;
  }

  /** How long from now the observer may wait with its next ping. Asked twice, it keeps its turn. */
  next(observer: MemberName, now: Millis): Millis {
    const periods = this.isLarge() ? TURN_PERIODS_LARGE : TURN_PERIODS;
    const gapMs = periods * this.periodMs;
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

/**
 * The observer's side: which subject may wait for its turn. Its wire and a few pings tell in time
 * what happens, and nobody here depends on its phi. Answers that take long come each period only if
 * each period has a ping.
 */
export function mayRest(
  { kernel, pingLoss, roundTrip }: Subject,
  canTell: boolean,
  isWatched: boolean,
): boolean {
  return kernel.isWireOpen && canTell && roundTrip.isQuick && !pingLoss.isLosing && !isWatched;
}

/** When it is asked again, after an ack that gave that turn. */
export function turnAt(turnMs: Millis, periodMs: Millis, now: Millis): Millis {
  const periods = Math.max(TURN_PERIODS_MIN, turnMs / periodMs);
  return now + Math.min(TURN_PERIODS_MAX, periods) * periodMs;
}
