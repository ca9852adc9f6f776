import type { Millis } from "../member.ts";
import { NEVER } from "../primitives/deadlines.ts";

/** After the first refusal the subject is pinged again at once, at most so often. */
const REPINGS_MAX = 5;
/** Between those pings, at least. */
const REPING_MS_MIN = 20;
/** How many refusals in a row make an accusation. */
export const REFUSALS_TO_ACCUSE = 2;
/** So many subjects, and half of all, must refuse before a node takes the fault for its own. */
const REFUSED_TO_DOUBT = 3;
/** A ping on another node's word, at most once in this span. */
const ASKED_PING_MS_MIN = 100;

/**
 * The refusals of one subject's pings: its host says that no process owns the port. Two in a row
 * with nothing heard in between make an accusation (docs/protocol.md §12, rule 7). That a death
 * needs two accusers, too, stands in `suspicion/refusal-quorum.ts`.
 */
export class Refusals {
  /** When the subject is pinged again to have the refusal confirmed, or NEVER. */
  repingAt: Millis = NEVER;
  private count = 0;
  private repingsLeft = 0;
  private lastReportAt: Millis = Number.NEGATIVE_INFINITY;
  private askedAt: Millis = Number.NEGATIVE_INFINITY;
  private contradictedAt: Millis = Number.NEGATIVE_INFINITY;

  /** Refusals since the subject was heard last. */
  get inARow(): number {
    return this.count;
  }

  /**
   * Counts a refusal of the ping that was sent at `pingSentAt`, unless it was sent before the last
   * refusal was reported: that one may speak of the same moment. Returns whether it counted.
   */
  onRefused(pingSentAt: Millis, now: Millis): boolean {
    if (pingSentAt < this.lastReportAt) return false;
    this.lastReportAt = now;
    this.count++;
    if (this.count === 1) {
      this.repingsLeft = REPINGS_MAX;
      this.repingAt = now;
    } else this.repingAt = NEVER;
    return true;
  }

  /**
   * A ping to confirm the refusal was sent; the next follows if this one stays without any answer.
   */
  noteReping(retryWaitMs: Millis, now: Millis): void {
    this.repingsLeft--;
    this.repingAt = this.repingsLeft > 0 ? now + Math.max(REPING_MS_MIN, retryWaitMs) : NEVER;
  }

  /** The process is known to be gone: no more pings to confirm it. */
  endRepings(): void {
    this.repingAt = NEVER;
  }

  /** Whether the subject's host refused again and again, last within `withinMs`. */
  isConfirmed(withinMs: Millis, now: Millis): boolean {
    return this.count >= REFUSALS_TO_ACCUSE && now - this.lastReportAt <= withinMs;
  }

  /** Whether another node's word of a refusal calls for a ping of our own now. */
  mayPingOnRequest(now: Millis): boolean {
    if (now - this.askedAt < ASKED_PING_MS_MIN) return false;
    this.askedAt = now;
    return true;
  }

  /**
   * Whether the subject was heard so lately in the middle of refusals that they are doubted: a
   * filter refuses for it. Else a node behind one would accuse again after each datagram.
   */
  areContradicted(withinMs: Millis, now: Millis): boolean {
    return now - this.contradictedAt < withinMs;
  }

  /** The subject was heard: what was refused before no longer counts. */
  recordHeard(now: Millis): void {
    if (this.count >= REFUSALS_TO_ACCUSE) this.contradictedAt = now;
    this.count = 0;
    this.repingAt = NEVER;
  }
}

/**
 * Whether so many of the subjects refuse, at least half of them, that a filter on this node's own
 * way out is as likely. Then no death rests on this node's refusals alone (docs/protocol.md §12,
 * rule 35; own, shown by `hearsay sim --swarm --story rejecting-filter`).
 */
export function areDoubtful(refused: number, subjects: number): boolean {
  return refused >= REFUSED_TO_DOUBT && refused * 2 >= subjects;
}
