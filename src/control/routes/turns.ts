import type { Millis } from "../../core/member.ts";

/** Time for clients in one turn of the event loop, and the pause before their next: gossip has the rest. */
const SLICE_MS: Millis = 4;
const PAUSE_MS: Millis = 12;

/**
 * Serves many clients of one kind one after the other, in slices of time, so that however many they are the event loop is never
 * held for longer than a slice and one client.
 */
export class Turns<T> {
  private readonly owed = new Set<T>();
  private readonly serve: (item: T) => void;
  private readonly before: () => void;
  private readonly pauseMs: Millis;
  private turn: NodeJS.Immediate | undefined;
  private pause: NodeJS.Timeout | undefined;

  /** @param before called at the begin of each slice: it may call `add` */
  constructor(
    serve: (item: T) => void,
    before: () => void = () => undefined,
    pauseMs: Millis = PAUSE_MS,
  ) {
    this.serve = serve;
    this.before = before;
    this.pauseMs = pauseMs;
  }

  /** Serves this one in its turn; once, however often it is added until then. */
  add(item: T): void {
    this.owed.add(item);
    this.wake();
  }

  delete(item: T): void {
    this.owed.delete(item);
  }

  /** There will be somebody to serve, which `before` adds. */
  wake(): void {
    if (this.pause === undefined) this.turn ??= setImmediate(() => this.takeTurn());
  }

  private takeTurn(): void {
    this.before();
    // What was added meanwhile has its turn in this one, too.
    this.turn = undefined;
    const endMs = performance.now() + SLICE_MS;
    for (const item of this.owed) {
      this.owed.delete(item);
      this.serve(item);
      if (performance.now() >= endMs) break;
    }
    if (this.owed.size === 0) return;
    clearImmediate(this.turn);
    this.turn = undefined;
    this.pause = setTimeout(() => {
      this.pause = undefined;
      this.wake();
    }, this.pauseMs);
  }
}
