import type { NodeEvent } from "../core/effect.ts";
import type { EventBody, PublicEvent } from "./api-types.ts";
import type { DaemonEvent } from "./daemon-events.ts";

const CAPACITY_DEFAULT = 4096;

/**
 * The newest events of this run of the process, each with its index from 1. Streams and long polls read from here, so that
 * a slow reader costs no memory: it either finds its next event still here or has to begin with a snapshot.
 */
export class EventLog {
  readonly capacity: number;
  private readonly ring: EventBody[] = [];
  private readonly listeners = new Set<() => void>();
  private last = 0;

  constructor(capacity = CAPACITY_DEFAULT) {
    this.capacity = capacity;
  }

  /** Index of the newest event; 0 before the first. */
  get newest(): number {
    return this.last;
  }

  /** Index of the oldest event still held; `newest + 1` when there is none. */
  get oldest(): number {
    return this.last - this.ring.length + 1;
  }

  append(event: NodeEvent | DaemonEvent, at: Date): EventBody {
    this.last += 1;
    const { kind, ...fields } = event;
    // The compiler cannot follow a rest type through a union; renaming one key keeps every variant intact.
    const renamed = { event: kind, ...rounded(fields) } as unknown as PublicEvent;
    const body: EventBody = { v: 1, index: this.last, time: at.toISOString(), ...renamed };
    this.ring.push(body);
    if (this.ring.length > this.capacity) this.ring.shift();
    for (const listener of [...this.listeners]) listener();
    return body;
  }

  /** Up to `max` events with an index above `index`, oldest first. */
  after(index: number, max: number): readonly EventBody[] {
    const from = Math.max(0, index + 1 - this.oldest);
    return this.ring.slice(from, from + max);
  }

  /** The newest events that `concerns` picks, oldest first, at most `max`. */
  newestOf(concerns: (event: EventBody) => boolean, max: number): readonly EventBody[] {
    const found: EventBody[] = [];
    for (let at = this.ring.length - 1; at >= 0 && found.length < max; at--) {
      const event = this.ring[at];
      if (event !== undefined && concerns(event)) found.push(event);
    }
    return found.reverse();
  }

  /** Calls `listener` after each append until the returned function is called. It must not throw. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** Spans and phi to three decimals: what lies beyond is noise that every reader would have to cut. */
function rounded(fields: object): object {
  const round: Record<string, unknown> = { ...fields };
  for (const name in round) {
    const value = round[name];
    if (typeof value === "number" && !Number.isInteger(value)) {
      round[name] = Number(value.toFixed(3));
    }
  }
  return round;
}
