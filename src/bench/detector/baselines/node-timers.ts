import type { Millis } from "../../../core/member.ts";
import type { Clock } from "../../../host/ports.ts";

/** A call that is still to come. */
export interface NodeTimer {
  cancel(): void;
}

interface Entry extends NodeTimer {
  readonly atMs: Millis;
  call: (() => void) | undefined;
}

/**
 * Many timers on the one that a Clock has. After a stall all that came due fire at once, in order
 * of their times and before the socket is read: as Go's runtime does with memberlist's.
 */
export class NodeTimers {
  /** Soonest last. */
  private readonly entries: Entry[] = [];
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get nowMs(): Millis {
    return this.clock.nowMs();
  }

  after(delayMs: Millis, call: () => void): NodeTimer {
    const entry: Entry = {
      atMs: this.nowMs + Math.max(0, delayMs),
      call,
      cancel: () => {
        entry.call = undefined;
      },
    };
    this.entries.splice(this.position(entry.atMs), 0, entry);
    if (this.entries.at(-1) === entry) this.arm();
    return entry;
  }

  /** Calls every `intervalMs`, first after `firstMs`; a late process skips what it missed. */
  every(intervalMs: Millis, firstMs: Millis, call: () => void): void {
    let dueMs = this.nowMs + firstMs;
    const fire = (): void => {
      // By sums, because a quotient that is rounded down would make it fire at this moment for ever.
      while (dueMs <= this.nowMs) dueMs += intervalMs;
      this.after(dueMs - this.nowMs, fire);
      call();
    };
    this.after(firstMs, fire);
  }

  private arm(): void {
    const next = this.entries.at(-1);
    if (next !== undefined) this.clock.wakeAt(next.atMs, () => this.fire());
  }

  private fire(): void {
    const nowMs = this.nowMs;
    for (let next = this.entries.at(-1); next !== undefined; next = this.entries.at(-1)) {
      if (next.atMs > nowMs) break;
      this.entries.pop();
      next.call?.();
    }
    this.arm();
  }

  /** Behind all that come later, and before those of the same time, which run first. */
  private position(atMs: Millis): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle] as Entry).atMs > atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
