import type { Tags } from "../../core/member.ts";
import { nameOf } from "./member-name.ts";
import { RawReader } from "./raw-reader.ts";

/** The first byte of Serf's and Consul's metadata. */
export const SERF_TAGS_MAGIC = 0xff;

/** Serf's own limit is that of the metadata: 512 bytes. */
const TAGS_MAX = 128;

const SERF_LEAVE = 0;
const SERF_PUSH_PULL = 2;
const SERF_USER_EVENT = 3;
/** Serf's own ring has 512 places. */
const EVENTS_MAX = 1024;
/** Goodbyes that are read of one view: Serf remembers them for a day. */
const LEFT_MAX = 4096;
const EVENT_NAME_BYTES_MAX = 512;
const EVENT_PAYLOAD_BYTES_MAX = 9 * 1024;

/** Something that a user told the whole pool. Who sent it is not in it; `clock` is Serf's Lamport time. */
export interface SerfUserEvent {
  readonly clock: number;
  readonly name: string;
  readonly payload: Uint8Array;
}

/** What a Serf agent gossips beside memberlist's own messages, as far as a guest has use for it. */
export type SerfMessage =
  | { readonly kind: "leave"; readonly clock: number; readonly member: string }
  | ({ readonly kind: "user-event" } & SerfUserEvent);

/**
 * The tags in a Serf or Consul agent's metadata; before Serf 0.4, its role alone.
 *
 * @throws WireError for metadata that are none
 */
export function decodeSerfTags(meta: Uint8Array): Tags {
  if (meta[0] !== SERF_TAGS_MAGIC) return meta.length === 0 ? {} : { role: text(meta) };
  const reader = new RawReader(meta, 1);
  const tags: [string, string][] = [];
  for (let pairs = reader.mapLength(); pairs > 0; pairs--) {
    const pair: [string, string] = [text(reader.raw()), text(reader.raw())];
    if (tags.length < TAGS_MAX) tags.push(pair);
  }
  return Object.fromEntries(tags.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * A user message as Serf means it; undefined for all kinds that tell a guest nothing.
 *
 * @throws WireError for a broken one
 */
export function decodeSerfMessage(bytes: Uint8Array): SerfMessage | undefined {
  const [type] = bytes;
  if (type !== SERF_LEAVE && type !== SERF_USER_EVENT) return undefined;
  const reader = new RawReader(bytes, 1);
  let clock = 0;
  let member = "";
  let name = "";
  let payload = new Uint8Array();
  reader.struct((key) => {
    if (key === "LTime") clock = reader.unsigned(Number.MAX_SAFE_INTEGER);
    else if (key === "Node") member = nameOf(reader.raw());
    else if (key === "Name") name = text(reader.raw().subarray(0, EVENT_NAME_BYTES_MAX));
    else if (key === "Payload") {
      payload = Uint8Array.from(reader.raw().subarray(0, EVENT_PAYLOAD_BYTES_MAX));
    } else return false;
    return true;
  });
  if (type === SERF_LEAVE) return { kind: "leave", clock, member };
  return { kind: "user-event", clock, name, payload };
}

/**
 * The user events that a Serf agent remembers, by the user state of its push/pull; the oldest first.
 *
 * @throws WireError for a broken one
 */
export function userEventsOf(userState: Uint8Array): readonly SerfUserEvent[] {
  if (userState[0] !== SERF_PUSH_PULL) return [];
  const reader = new RawReader(userState, 1);
  const events: SerfUserEvent[] = [];
  reader.struct((key) => {
    if (key !== "Events") return false;
    // A ring of places by Lamport time; most are empty.
    for (let places = reader.arrayLength(); places > 0; places--) {
      if (events.length >= EVENTS_MAX) reader.skip();
      else events.push(...eventsInPlace(reader));
    }
    return true;
  });
  return events.sort((a, b) => a.clock - b.clock);
}

function eventsInPlace(reader: RawReader): SerfUserEvent[] {
  let clock = 0;
  const told: Omit<SerfUserEvent, "clock">[] = [];
  reader.struct((key) => {
    if (key === "LTime") clock = reader.unsigned(Number.MAX_SAFE_INTEGER);
    else if (key === "Events") {
      for (let count = reader.arrayLength(); count > 0; count--) {
        const event = readUserEvent(reader);
        if (told.length < EVENTS_MAX) told.push(event);
      }
    } else return false;
    return true;
  });
  return told.map((event) => ({ clock, ...event }));
}

function readUserEvent(reader: RawReader): Omit<SerfUserEvent, "clock"> {
  let name = "";
  let payload = new Uint8Array();
  reader.struct((key) => {
    if (key === "Name") name = text(reader.raw().subarray(0, EVENT_NAME_BYTES_MAX));
    else if (key === "Payload") {
      payload = Uint8Array.from(reader.raw().subarray(0, EVENT_PAYLOAD_BYTES_MAX));
    } else return false;
    return true;
  });
  return { name, payload };
}

// One for all: making one costs more than reading a tag.
const UTF8 = new TextDecoder();

function text(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

/**
 * The members that said goodbye, by the user state of a Serf agent's push/pull.
 *
 * @throws WireError for a broken one
 */
export function leftMembersOf(userState: Uint8Array): readonly string[] {
  if (userState[0] !== SERF_PUSH_PULL) return [];
  const reader = new RawReader(userState, 1);
  const left: string[] = [];
  reader.struct((key) => {
    if (key !== "LeftMembers") return false;
    for (let names = reader.arrayLength(); names > 0; names--) {
      const name = reader.raw();
      if (left.length < LEFT_MAX) left.push(nameOf(name));
    }
    return true;
  });
  return left;
}
