import fc from "fast-check";
import {
  type MemberRecord,
  plainService,
  type Service,
  type Tags,
  type Update,
  type ViewEntry,
} from "../../../core/member.ts";
import type { Header, Message, MessageBody } from "../../../core/message.ts";
import type { PiggybackedMessages, UserMessage } from "../../../core/user-message.ts";
import { createCodec } from "../../../wire/codec.ts";
import { UINT32_MAX } from "../../../wire/limits.ts";
import { advertisedComplaint } from "../../../wire/record/advertised.ts";

// Values that the wire carries exactly: spans in whole ms, phi in hundredths, addresses in their one form.

// Ordinary objects: the decoder makes no others, and strict equality looks at prototypes.
function plain<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

/** With or without the mark of a sender that has not joined. */
function maybePartial<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  const mark = fc.constantFrom({}, { isPartial: true } as const);
  return fc.tuple(plain(model), mark).map(([body, said]) => ({ ...body, ...said }));
}

/** As short as it may be, or with zeros that make it as long as the answer it wants. */
function maybePadded<T extends object>(request: fc.Arbitrary<T>) {
  const zeros = fc.oneof(fc.constant({}), fc.record({ padding: fc.nat(300) }));
  return fc.tuple(request, zeros).map(([body, said]) => ({ ...body, ...said }));
}

const NAME_CHARACTERS = [..."ABCXYZabcxyz0123456789._-"];

export const name = fc
  .array(fc.constantFrom(...NAME_CHARACTERS), { minLength: 1, maxLength: 64 })
  .map((characters) => characters.join(""))
  .filter((text) => text !== "." && text !== "..");

const textOrNull: fc.Arbitrary<string | null> = fc.option(
  fc.string({ unit: "grapheme", maxLength: 60 }),
);

const nameOrNull: fc.Arbitrary<string | null> = fc.option(name);

export const uint32 = fc.oneof(
  fc.constantFrom(0, 1, 127, 128, 255, 256, 65_535, 65_536, UINT32_MAX),
  fc.integer({ min: 0, max: UINT32_MAX }),
);

export const startId = fc
  .uint8Array({ minLength: 12, maxLength: 12 })
  .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));

export const phi = fc.integer({ min: 0, max: 65_535 }).map((hundredths) => hundredths / 100);

export const hash = plain({ high: uint32, low: uint32 });

const port = fc.integer({ min: 1, max: 65_535 });

export const endpoint = plain({
  host: fc.oneof(
    fc
      .tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255), fc.nat(255), fc.nat(255))
      .map((octets) => octets.join(".")),
    fc.constantFrom(
      "::1",
      "fd00::12:0:0:7",
      "2001:db8::1",
      "::ffff:10.0.0.7",
      "2001:db8:1:2:3:4:5:6",
    ),
  ),
  port,
});

const tags: fc.Arbitrary<Tags> = fc
  .array(fc.tuple(name, fc.string({ unit: "grapheme", maxLength: 40 })), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries));

const service: fc.Arbitrary<Service> = plain({
  name,
  port,
  health: fc.constantFrom("passing", "critical", "unknown"),
  weight: fc.integer({ min: 1, max: 256 }),
  tags: fc.array(name, { maxLength: 3 }),
  meta: tags,
});

const maintained = service.map((each): Service => ({ ...each, maintenance: "new disks" }));

const plainly = fc.tuple(name, port).map((parts) => plainService(...parts));

const services = fc.array(fc.oneof(plainly, service, maintained), { maxLength: 3 });

const advertised = plain({ tags, services }).filter(
  (both) => advertisedComplaint(both.tags, both.services) === undefined,
);

const protocol = fc
  .tuple(fc.nat(255), fc.nat(255))
  .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));

export const record: fc.Arbitrary<MemberRecord> = plain({
  name,
  endpoint,
  startId,
  incarnation: uint32,
  api: fc.option(fc.tuple(name, port).map((parts) => parts.join(":").slice(-64))),
  protocol,
  takesWires: fc.boolean(),
  version: fc.option(fc.constantFrom("0.1.0", "1.22.333-rc.4"), { nil: undefined }),
  advertised,
}).map(({ advertised: both, version, ...rest }) => ({
  ...rest,
  ...both,
  ...(version !== undefined && { version }),
}));

const state = fc.constantFrom("alive", "suspect", "dead", "left", "forgotten");

const sureDeath = fc.constantFrom({}, { wasRefused: true } as const);

export const belief = fc
  .tuple(plain({ kind: fc.constant("belief"), record, state, ageMs: uint32, by: name }), sureDeath)
  .map(([update, said]) => ({ ...update, ...said }));

export const accusation = plain({
  kind: fc.constant("accusation"),
  subject: name,
  startId,
  incarnation: uint32,
  accuser: name,
  evidence: fc.constantFrom("silence", "refused", "crashed", "frozen", "unreachable"),
  phi,
  revision: fc.oneof(fc.constant(0), uint32),
});

const DEATH_CAUSES = ["quorum", "timeout", "refusal", "crash", "unreachable", "frozen"] as const;
export const verdict = plain({
  kind: fc.constant("verdict"),
  subject: name,
  startId,
  incarnation: uint32,
  state: fc.constantFrom("dead", "left", "forgotten"),
  by: name,
  cause: fc.constantFrom(...DEATH_CAUSES, "leave", "forget"),
});
export const deaths = plain({
  kind: fc.constant("deaths"),
  cause: fc.constantFrom(...DEATH_CAUSES),
  deaths: fc.array(plain({ nameHigh: uint32, incarnation: uint32 }), { maxLength: 8 }),
});
export const update: fc.Arbitrary<Update> = fc.oneof(belief, accusation, verdict, deaths);
export const viewEntry: fc.Arbitrary<ViewEntry> = plain({
  name,
  state,
  incarnation: uint32,
  heardAgoMs: fc.option(uint32),
  phi: fc.option(phi),
});

export const header: fc.Arbitrary<Header> = plain({
  sender: name,
  startId,
  incarnation: uint32,
  counter: uint32,
  stalledMs: uint32,
});

const syncRequest = fc.integer({ min: 0, max: 6 }).chain((bucketBits) =>
  plain({
    kind: fc.constant("sync-request"),
    seq: uint32,
    profile: name.map((text) => text.slice(0, 32)),
    bucketBits: fc.constant(bucketBits),
    hashes: fc.array(hash, { minLength: 2 ** bucketBits, maxLength: 2 ** bucketBits }),
    after: nameOrNull,
  }),
);

/** One arbitrary a kind, so that a test can demand each of them. */
export const bodies: { readonly [K in MessageBody["kind"]]: fc.Arbitrary<MessageBody> } = {
  ping: maybePadded(plain({ kind: fc.constant("ping"), seq: uint32, target: name, digest: hash })),
  ack: fc.oneof(
    maybePartial({ kind: fc.constant("ack"), seq: uint32, digest: hash }),
    maybePartial({ kind: fc.constant("ack"), seq: uint32, digest: hash, turnMs: uint32 }),
  ),
  "not-me": plain({ kind: fc.constant("not-me"), seq: uint32, target: name }),
  "ping-req": maybePadded(
    plain({
      kind: fc.constant("ping-req"),
      seq: uint32,
      target: name,
      endpoint,
      nackAfterMs: fc.integer({ min: 1, max: 60_000 }),
    }),
  ),
  "relayed-ack": plain({
    kind: fc.constant("relayed-ack"),
    seq: uint32,
    target: name,
    startId,
    incarnation: uint32,
  }),
  nack: plain({ kind: fc.constant("nack"), seq: uint32, target: name, refused: fc.boolean() }),
  gossip: fc.constant({ kind: "gossip" }),
  "record-request": maybePadded(plain({ kind: fc.constant("record-request"), member: name })),
  "sync-request": maybePadded(syncRequest),
  "sync-page": maybePartial({
    kind: fc.constant("sync-page"),
    seq: uint32,
    buckets: fc.uniqueArray(fc.nat(63), { maxLength: 64 }),
    next: nameOrNull,
  }),
  "sync-push": fc.constant({ kind: "sync-push" }),
  "join-refused": plain({
    kind: fc.constant("join-refused"),
    seq: uint32,
    profile: name.map((text) => text.slice(0, 32)),
  }),
  conflict: plain({
    kind: fc.constant("conflict"),
    name,
    holder: endpoint,
    holderStartId: startId,
  }),
  "view-request": maybePadded(
    plain({ kind: fc.constant("view-request"), seq: uint32, after: nameOrNull }),
  ),
  "view-page": plain({
    kind: fc.constant("view-page"),
    seq: uint32,
    digest: hash,
    entries: fc.array(viewEntry, { maxLength: 9 }),
    next: nameOrNull,
  }),
  answer: plain({ kind: fc.constant("answer"), seq: uint32, startId, answer: textOrNull }),
  "answer-ack": plain({ kind: fc.constant("answer-ack"), seq: uint32 }),
};

const notice = {
  origin: name,
  startId,
  seq: uint32,
  ageMs: uint32,
  name,
  payload: fc.string({ unit: "grapheme", maxLength: 40 }),
};

export const userEvent = plain({ kind: fc.constant("user-event"), ...notice });

export const query = plain({
  kind: fc.constant("query"),
  ...notice,
  timeoutMs: fc.integer({ min: 1, max: 60_000 }),
});

export const news: fc.Arbitrary<PiggybackedMessages> = plain({
  messages: fc.array(fc.oneof<fc.Arbitrary<UserMessage>[]>(userEvent, query), { maxLength: 3 }),
  held: fc.array(uint32, { maxLength: 64 }),
});

export const body: fc.Arbitrary<MessageBody> = fc.oneof(...Object.values(bodies));

const updates = fc.oneof(
  { weight: 4, arbitrary: fc.array(update, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(verdict, { minLength: 10, maxLength: 60, size: "max" }) },
);

/** Messages that fit a datagram of 1,400 bytes: what the core may hand out. */
export const message: fc.Arbitrary<Message> = plain({
  header,
  body,
  updates,
  news: fc.option(news, { nil: undefined, freq: 2 }),
}).map(fitted);

type WithNews = Omit<Message, "news"> & { readonly news: PiggybackedMessages | undefined };

const { sizer } = createCodec({ clusterLabel: "test" });

function fitted({ news: rider, ...whole }: WithNews): Message {
  let room = 1400 - sizer.baseBytes(whole.header, whole.body);
  const kept = whole.updates.filter((candidate) => {
    room -= sizer.updateBytes(candidate);
    return room >= 0;
  });
  if (rider === undefined) return { ...whole, updates: kept };
  room -= sizer.piggybackBaseBytes(rider.held.length);
  if (room < 0) return { ...whole, updates: kept };
  const messages = rider.messages.filter((candidate) => {
    const fits = sizer.userMessageBytes(candidate) <= room;
    if (fits) room -= sizer.userMessageBytes(candidate);
    return fits;
  });
  return { ...whole, updates: kept, news: { ...rider, messages } };
}
