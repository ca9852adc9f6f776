import type { Millis } from "../core/member.ts";

/** A scheduled call. Cancelling leaves it in the heap, where it is skipped. */
export interface Scheduled {
  readonly atMs: Millis;
  cancel(): void;
}

/**
 * Virtual time: the calls still to come, ordered by (time, order of scheduling), and the time of
 * the one that runs. A binary heap. Time only moves while it runs.
 */
export class EventHeap {
  private readonly heap: Entry[] = [];
  private sequence = 0;
  private currentMs: Millis;

  constructor(startMs: Millis = 0) {
    this.currentMs = startMs;
  }

  get nowMs(): Millis {
    return this.currentMs;
  }

  /**
   * Runs `call` at `atMs`, or now if that has passed, after everything scheduled earlier for the
   * same time.
   */
  at(atMs: Millis, call: () => void): Scheduled {
    const entry = new Entry(Math.max(atMs, this.currentMs), this.sequence++, call);
    this.heap.push(entry);
    this.siftUp(this.heap.length - 1);
    return entry;
  }

  /** Runs all that is due up to and including `untilMs`; the time is then `untilMs`. */
  runUntil(untilMs: Millis): void {
    for (let next = this.heap[0]; next !== undefined && next.atMs <= untilMs; next = this.heap[0]) {
      this.removeFirst();
      if (next.call === undefined) continue;
      this.currentMs = next.atMs;
      next.call();
    }
    this.currentMs = Math.max(this.currentMs, untilMs);
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.siftDown();
  }

  private siftUp(from: number): void {
    const { heap } = this;
    const entry = heap[from] as Entry;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Entry;
      if (!entry.isBefore(parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  private siftDown(): void {
    const { heap } = this;
    const entry = heap[0] as Entry;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      const right = heap[below + 1];
      const isRightFirst = right?.isBefore(heap[below] as Entry) === true;
      const child = isRightFirst ? below + 1 : below;
      if (!(heap[child] as Entry).isBefore(entry)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = entry;
  }
}

class Entry implements Scheduled {
  readonly atMs: Millis;
  readonly sequence: number;
  call: (() => void) | undefined;

  constructor(atMs: Millis, sequence: number, call: () => void) {
    this.atMs = atMs;
    this.sequence = sequence;
    this.call = call;
  }

  cancel(): void {
    this.call = undefined;
  }

  isBefore(other: Entry): boolean {
    return this.atMs < other.atMs || (this.atMs === other.atMs && this.sequence < other.sequence);
  }
}
