import type { Millis } from "../core/member.ts";
import type { MessageBody, MessageKind } from "../core/message.ts";
import {
  arrayField,
  binField,
  booleanField,
  bucketsField,
  clampToInteger,
  hashField,
  hostField,
  integerField,
  nameField,
  nullableField,
  optionalField,
  paddingField,
  paddingToWire,
  partialField,
  partialToWire,
  portField,
  spanToWire,
  startIdField,
  textField,
  uint32Field,
} from "./fields.ts";
import { HASH_BYTES, hashBytes, readHash, startIdBytes } from "./fixed-bytes.ts";
import {
  BUCKET_BITS_MAX,
  isAnswer,
  isProfileName,
  NACK_AFTER_MS_MAX,
  NACK_AFTER_MS_MIN,
} from "./limits.ts";
import type { WireValue } from "./msgpack.ts";
import { numberedField, type Reading } from "./reading.ts";
import { hostBytes } from "./record/record.ts";
import { parseViewEntry, viewEntryToWire } from "./view-entry.ts";

type BodyOf<K extends MessageKind> = Extract<MessageBody, { readonly kind: K }>;

/** How one kind of message lies on the wire: its fields in order, out and in. */
interface Layout<K extends MessageKind> {
  /** Number of fields this version knows. */
  readonly fields: number;
  write(body: BodyOf<K>): readonly WireValue[];
  parse(fields: readonly unknown[], reading: Reading): BodyOf<K>;
}

// The order of the kinds is their number on the wire: add at the end only.
const LAYOUTS: { readonly [K in MessageKind]: Layout<K> } = {
  ping: {
    fields: 3,
    write: ({ seq, target, digest, padding }) => [
      seq,
      target,
      hashBytes(digest),
      ...paddingToWire(padding),
    ],
    parse: ([seq, target, digest, padding]) => ({
      kind: "ping",
      seq: uint32Field(seq, "seq"),
      target: nameField(target, "target"),
      digest: hashField(digest, "digest"),
      ...paddingField(padding),
    }),
  },
  ack: {
    fields: 2,
    write: ({ seq, digest, isPartial, turnMs }) => [
      seq,
      hashBytes(digest),
      ...(turnMs === undefined
        ? partialToWire(isPartial)
        : [isPartial === true, spanToWire(turnMs)]),
    ],
    parse: ([seq, digest, isPartial, turnMs]) => ({
      kind: "ack",
      seq: uint32Field(seq, "seq"),
      digest: hashField(digest, "digest"),
      ...partialField(isPartial),
      ...parseTurn(turnMs),
    }),
  },
  "not-me": {
    fields: 2,
    write: ({ seq, target }) => [seq, target],
    parse: ([seq, target]) => ({
      kind: "not-me",
      seq: uint32Field(seq, "seq"),
      target: nameField(target, "target"),
    }),
  },
  "ping-req": {
    fields: 5,
    write: ({ seq, target, endpoint, nackAfterMs, padding }) => [
      seq,
      target,
      hostBytes(endpoint.host),
      endpoint.port,
      clampToInteger(nackAfterMs, NACK_AFTER_MS_MIN, NACK_AFTER_MS_MAX),
      ...paddingToWire(padding),
    ],
    parse: ([seq, target, host, port, nackAfterMs, padding]) => ({
      kind: "ping-req",
      seq: uint32Field(seq, "seq"),
      target: nameField(target, "target"),
      endpoint: { host: hostField(host, "host"), port: portField(port, "port") },
      nackAfterMs: integerField(nackAfterMs, "nackAfterMs", NACK_AFTER_MS_MIN, NACK_AFTER_MS_MAX),
      ...paddingField(padding),
    }),
  },
  "relayed-ack": {
    fields: 4,
    write: ({ seq, target, startId, incarnation }) => [
      seq,
      target,
      startIdBytes(startId),
      incarnation,
    ],
    parse: ([seq, target, startId, incarnation]) => ({
      kind: "relayed-ack",
      seq: uint32Field(seq, "seq"),
      target: nameField(target, "target"),
      startId: startIdField(startId, "startId"),
      incarnation: uint32Field(incarnation, "incarnation"),
    }),
  },
  nack: {
    fields: 3,
    write: ({ seq, target, refused }) => [seq, target, refused],
    parse: ([seq, target, refused]) => ({
      kind: "nack",
      seq: uint32Field(seq, "seq"),
      target: nameField(target, "target"),
      refused: booleanField(refused, "refused"),
    }),
  },
  gossip: { fields: 0, write: () => [], parse: () => ({ kind: "gossip" }) },
  "record-request": {
    fields: 1,
    write: ({ member, padding }) => [member, ...paddingToWire(padding)],
    parse: ([member, padding]) => ({
      kind: "record-request",
      member: nameField(member, "member"),
      ...paddingField(padding),
    }),
  },
  "sync-request": {
    fields: 5,
    write: ({ seq, profile, bucketBits, hashes, after, padding }) => [
      seq,
      profile,
      bucketBits,
      hashBytes(...hashes),
      after,
      ...paddingToWire(padding),
    ],
    parse: parseSyncRequest,
  },
  "sync-page": {
    fields: 3,
    write: ({ seq, buckets, next, isPartial }) => [
      seq,
      Uint8Array.from(buckets),
      next,
      ...partialToWire(isPartial),
    ],
    parse: ([seq, buckets, next, isPartial]) => ({
      kind: "sync-page",
      seq: uint32Field(seq, "seq"),
      buckets: bucketsField(buckets, "buckets"),
      next: nullableField(next, "next", nameField),
      ...partialField(isPartial),
    }),
  },
  "sync-push": { fields: 0, write: () => [], parse: () => ({ kind: "sync-push" }) },
  "join-refused": {
    fields: 2,
    write: ({ seq, profile }) => [seq, profile],
    parse: ([seq, profile]) => ({
      kind: "join-refused",
      seq: uint32Field(seq, "seq"),
      profile: textField(profile, "profile", isProfileName),
    }),
  },
  conflict: {
    fields: 4,
    write: ({ name, holder, holderStartId }) => [
      name,
      hostBytes(holder.host),
      holder.port,
      startIdBytes(holderStartId),
    ],
    parse: ([name, host, port, holderStartId]) => ({
      kind: "conflict",
      name: nameField(name, "name"),
      holder: { host: hostField(host, "host"), port: portField(port, "port") },
      holderStartId: startIdField(holderStartId, "holderStartId"),
    }),
  },
  "view-request": {
    fields: 2,
    write: ({ seq, after, padding }) => [seq, after, ...paddingToWire(padding)],
    parse: ([seq, after, padding]) => ({
      kind: "view-request",
      seq: uint32Field(seq, "seq"),
      after: nullableField(after, "after", nameField),
      ...paddingField(padding),
    }),
  },
  "view-page": {
    fields: 4,
    write: ({ seq, digest, entries, next }) => [
      seq,
      hashBytes(digest),
      entries.map(viewEntryToWire),
      next,
    ],
    parse: parseViewPage,
  },
  answer: {
    fields: 3,
    write: ({ seq, startId, answer }) => [seq, startIdBytes(startId), answer],
    parse: ([seq, startId, answer]) => ({
      kind: "answer",
      seq: uint32Field(seq, "seq"),
      startId: startIdField(startId, "startId"),
      answer: nullableField(answer, "answer", (text, what) => textField(text, what, isAnswer)),
    }),
  },
  "answer-ack": {
    fields: 1,
    write: ({ seq }) => [seq],
    parse: ([seq]) => ({ kind: "answer-ack", seq: uint32Field(seq, "seq") }),
  },
};

const KINDS = Object.keys(LAYOUTS) as MessageKind[];
const CODES = new Map(KINDS.map((kind, code) => [kind, code]));

/** Number of a kind on the wire. */
export function kindToWire(kind: MessageKind): number {
  return CODES.get(kind) ?? KINDS.length;
}

/** The fields of a body as they travel, in the order of docs/protocol.md §4. */
export function bodyToWire(body: MessageBody): readonly WireValue[] {
  return layoutOf(body.kind).write(body);
}

/**
 * A body of a kind that is not known is passed over: what else the datagram brings is gossip.
 *
 * @throws WireError `field` for a bad value
 */
export function parseBody(code: unknown, value: unknown, reading: Reading): MessageBody {
  const kind = numberedField(code, "kind", KINDS, reading) ?? "gossip";
  const layout = layoutOf(kind);
  return layout.parse(arrayField(value, "body", layout.fields), reading);
}

// A kind and its layout belong together by construction of LAYOUTS, which the type of a lookup cannot say.
function layoutOf(kind: MessageKind): Layout<MessageKind> {
  return LAYOUTS[kind] as unknown as Layout<MessageKind>;
}

function parseSyncRequest(fields: readonly unknown[]): BodyOf<"sync-request"> {
  const bucketBits = integerField(fields[2], "bucketBits", 0, BUCKET_BITS_MAX);
  const buckets = 2 ** bucketBits;
  const bytes = binField(fields[3], "hashes", buckets * HASH_BYTES);
  return {
    kind: "sync-request",
    seq: uint32Field(fields[0], "seq"),
    profile: textField(fields[1], "profile", isProfileName),
    bucketBits,
    hashes: Array.from({ length: buckets }, (_, bucket) => readHash(bytes, bucket * HASH_BYTES)),
    after: nullableField(fields[4], "after", nameField),
    ...paddingField(fields[5]),
  };
}

function parseTurn(value: unknown): { readonly turnMs?: Millis } {
  const turnMs = optionalField(value, "turn", "number", uint32Field);
  return turnMs === undefined ? {} : { turnMs };
}

function parseViewPage(fields: readonly unknown[], reading: Reading): BodyOf<"view-page"> {
  return {
    kind: "view-page",
    seq: uint32Field(fields[0], "seq"),
    digest: hashField(fields[1], "digest"),
    entries: arrayField(fields[2], "entries", 0).flatMap(
      (each) => parseViewEntry(each, reading) ?? [],
    ),
    next: nullableField(fields[3], "next", nameField),
  };
}
