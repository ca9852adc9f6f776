import type { ServerResponse } from "node:http";
import type { Millis } from "../../core/member.ts";
import type { NodeApi } from "../node-api.ts";
import { Turns } from "./turns.ts";

/** Events in one write. */
const BATCH = 256;
const HEARTBEAT_MS: Millis = 10_000;

/** A reader of the stream. */
export interface EventReader {
  readonly outgoing: ServerResponse;
  /** Index of the last event that it was sent. */
  cursor: number;
  /** Ends once it has what there is now. */
  endsThere: boolean;
}

/** A reader as the broadcast keeps it. */
interface Served extends EventReader {
  /** Its socket takes nothing at the moment. */
  isFull: boolean;
  wroteAtMs: Millis;
}

/** What happened between two indexes, as it is sent. */
interface Chunk {
  readonly after: number;
  readonly last: number;
  readonly bytes: Buffer;
}

/**
 * Sends the events of a node to all who read its stream. An event becomes text once, whoever reads it. Readers are served
 * in turns, and for a part of the time alone: those that together ask for more than that fall behind, and lose their
 * connection once their next event is no longer kept.
 */
export class EventBroadcast {
  private readonly node: NodeApi;
  private readonly onDropped: (why: string) => void;
  private readonly readers = new Set<Served>();
  /** For those that are owed something and can take it. */
  private readonly turns = new Turns<Served>(
    (reader) => this.send(reader),
    () => this.oweNews(),
  );
  private lastChunk: Chunk | undefined;
  private hasNews = false;
  private beating: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(node: NodeApi, onDropped: (why: string) => void) {
    this.node = node;
    this.onDropped = onDropped;
  }

  /** Serves a reader, whose head was written, until its connection closes. */
  add(reader: EventReader): void {
    const served: Served = { ...reader, isFull: false, wroteAtMs: performance.now() };
    const { outgoing } = reader;
    this.readers.add(served);
    this.unsubscribe ??= this.node.events.subscribe(() => this.noteNews());
    this.beating ??= setInterval(() => this.beat(), HEARTBEAT_MS / 2).unref();
    outgoing.on("drain", () => {
      served.isFull = false;
      this.turns.add(served);
    });
    outgoing.once("close", () => this.remove(served));
    this.turns.add(served);
  }

  /** All readers end, with what there is now. */
  end(): void {
    for (const reader of this.readers) {
      reader.endsThere = true;
      this.turns.add(reader);
    }
  }

  private remove(reader: Served): void {
    this.readers.delete(reader);
    this.turns.delete(reader);
    if (this.readers.size > 0) return;
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    clearInterval(this.beating);
    this.beating = undefined;
    this.lastChunk = undefined;
  }

  private noteNews(): void {
    this.hasNews = true;
    this.turns.wake();
  }

  private oweNews(): void {
    if (!this.hasNews) return;
    this.hasNews = false;
    const { oldest } = this.node.events;
    for (const reader of this.readers) {
      if (reader.cursor + 1 < oldest) this.drop(reader);
      else if (!reader.isFull) this.turns.add(reader);
    }
  }

  private send(reader: Served): void {
    const { outgoing } = reader;
    if (outgoing.destroyed || outgoing.writableEnded || reader.isFull) return;
    const chunk = this.chunkAfter(reader.cursor);
    if (chunk !== undefined) {
      reader.cursor = chunk.last;
      this.write(reader, chunk.bytes);
    }
    if (reader.cursor >= this.node.events.newest) {
      if (reader.endsThere) outgoing.end();
    } else if (!reader.isFull) this.turns.add(reader);
  }

  private write(reader: Served, bytes: Buffer | string): void {
    reader.wroteAtMs = performance.now();
    reader.isFull = !reader.outgoing.write(bytes);
  }

  /** Most readers are at the same place, and are sent the same bytes. */
  private chunkAfter(after: number): Chunk | undefined {
    const { events } = this.node;
    const last = Math.min(events.newest, after + BATCH);
    if (last <= after) return undefined;
    const kept = this.lastChunk;
    if (kept?.after === after && kept.last === last) return kept;
    const { startId } = this.node.identity;
    const frames = events
      .textsAfter(after, last - after)
      .map((text, at) => `data: ${text}\nid: ${startId}:${after + 1 + at}\n\n`);
    this.lastChunk = { after, last, bytes: Buffer.from(frames.join("")) };
    return this.lastChunk;
  }

  private beat(): void {
    const longAgoMs = performance.now() - HEARTBEAT_MS;
    for (const reader of this.readers) {
      if (!reader.isFull && reader.wroteAtMs <= longAgoMs) this.write(reader, ": still here\n\n");
    }
  }

  private drop(reader: Served): void {
    this.remove(reader);
    this.onDropped(`a reader of /v1/events was ${this.node.events.capacity} events behind`);
    reader.outgoing.destroy();
  }
}
