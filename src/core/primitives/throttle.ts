import type { Millis } from "./deadlines.ts";

/** Past this many keys the expired ones are dropped, so that a flood of names cannot grow it. */
const KEYS_MAX = 1024;

/** Lets each key through at most once in `everyMs`. */
export class Throttle {
  private readonly lastAt = new Map<string, Millis>();
  private readonly everyMs: Millis;

  constructor(everyMs: Millis) {
    this.everyMs = everyMs;
  }

  /** Whether the key may pass now; if so, it counts as passed. */
  allows(key: string, now: Millis): boolean {
    const last = this.lastAt.get(key);
    if (last !== undefined && now - last < this.everyMs) return false;
    if (this.lastAt.size >= KEYS_MAX) this.prune(now);
    if (this.lastAt.size >= KEYS_MAX) return false;
    this.lastAt.set(key, now);
    return true;
  }

  private prune(now: Millis): void {
    for (const [key, last] of this.lastAt) if (now - last >= this.everyMs) this.lastAt.delete(key);
  }
}
