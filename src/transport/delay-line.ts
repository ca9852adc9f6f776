import type { Millis } from "../core/member.ts";

interface Held {
  readonly dueAtMs: Millis;
  readonly release: () => void;
}

/** More than any cluster on one machine keeps under way; what comes on top is lost, as in a queue. */
const HELD_MAX = 16_384;

/**
 * Node's timers count whole milliseconds from the loop's own idea of now: half of one early is as
 * exact as it gets, and better than a whole one late.
 */
const EARLY_MS = 0.5;

/** Calls that are due later, in the order of their times, over one timer. */
export class DelayLine {
  /** Earliest first; calls of the same instant in the order in which they came. */
  private readonly held: Held[] = [];
  private timer: NodeJS.Timeout | undefined;
  private armedForMs = Number.POSITIVE_INFINITY;

  /** Calls held now. */
  get size(): number {
    return this.held.length;
  }

  /** Calls `release` in `delayMs`. False where too much is held already. */
  hold(delayMs: Millis, release: () => void): boolean {
    if (this.held.length >= HELD_MAX) return false;
    const dueAtMs = performance.now() + delayMs;
    this.held.splice(this.placeFor(dueAtMs), 0, { dueAtMs, release });
    this.arm();
    return true;
  }

  /** Forgets everything that is held. */
  clear(): void {
    this.held.length = 0;
    this.disarm();
  }

  private placeFor(dueAtMs: Millis): number {
    let low = 0;
    let high = this.held.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.held[middle]?.dueAtMs ?? 0) <= dueAtMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private arm(): void {
    const first = this.held[0];
    if (first === undefined || first.dueAtMs >= this.armedForMs) return;
    this.disarm();
    this.armedForMs = first.dueAtMs;
    const delayMs = Math.round(first.dueAtMs - performance.now());
    this.timer = setTimeout(() => this.releaseDue(), Math.max(0, delayMs));
  }

  private disarm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.armedForMs = Number.POSITIVE_INFINITY;
  }

  private releaseDue(): void {
    this.disarm();
    const dueMs = performance.now() + EARLY_MS;
    const later = this.held.findIndex(({ dueAtMs }) => dueAtMs > dueMs);
    const due = this.held.splice(0, later === -1 ? this.held.length : later);
    for (const { release } of due) release();
    this.arm();
  }
}
