import type { NodeEvent } from "../core/effect.ts";
import type { MemberName } from "../core/member.ts";
import type { EventBody, PublicEvent } from "./api-types.ts";
import type { DaemonEvent } from "./daemon-events.ts";

const CAPACITY_DEFAULT = 4096;

/**
 * The newest events of this run of the process, each with its index from 1. Streams and long polls read from here, so that
 * a slow reader costs no memory: it either finds its next event still here or has to begin with a snapshot.
 *
 * An event is kept as its JSON text. Streams send that text as it is, and it takes less memory than an event beside the text
 * that was made of it for them.
 */
export class EventLog {
  readonly capacity: number;
  private readonly ring: string[] = [];
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
    this.ring.push(inOnePiece(JSON.stringify(body)));
    if (this.ring.length > this.capacity) this.ring.shift();
    for (const listener of [...this.listeners]) listener();
    return body;
  }

  /** Up to `max` events with an index above `index`, oldest first, as JSON. */
  textsAfter(index: number, max: number): readonly string[] {
    const from = Math.max(0, index + 1 - this.oldest);
    return this.ring.slice(from, from + max);
  }

  /** The same as objects, which are the caller's. */
  after(index: number, max: number): readonly EventBody[] {
    return this.textsAfter(index, max).map(parse);
  }

  /** The newest events about `member`, oldest first, at most `max`. */
  newestAbout(member: MemberName, max: number): readonly EventBody[] {
    // Thousands of events are searched for each question: only those that hold the text are parsed.
    const wanted = `"member":${JSON.stringify(member)}`;
    const found: EventBody[] = [];
    for (let at = this.ring.length - 1; at >= 0 && found.length < max; at--) {
      const text = this.ring[at];
      if (text?.includes(wanted) !== true) continue;
      const event = parse(text);
      if ("member" in event && event.member === member) found.push(event);
    }
    return found.reverse();
  }

  /** Calls `listener` after each append until the returned function is called. It must not throw. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function parse(text: string): EventBody {
  return JSON.parse(text) as EventBody;
}

/** A copy as one run of bytes. What `JSON.stringify` returns may be a chain of parts, which take several times as much. */
function inOnePiece(text: string): string {
  return Buffer.from(text).toString();
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
