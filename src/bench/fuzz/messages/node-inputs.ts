import fc from "fast-check";
import type { Input } from "../../../core/input.ts";
import type { MemberName, MemberRecord, Update } from "../../../core/member.ts";
import type { Header, Message, MessageBody } from "../../../core/message.ts";
import { hash64 } from "../../../core/primitives/hash.ts";
import type { PiggybackedMessages, UserMessage } from "../../../core/user-message.ts";
import * as arbitrary from "./arbitraries.ts";

// Names that meet, so that random messages speak of each other's members, the node itself included.
const NUMBERED = Array.from({ length: 12 }, (_, at) => `m${String(at).padStart(2, "0")}`);

/** The members that such messages are of and about; a node called `self` is meant to receive them. */
export const POOL: readonly MemberName[] = ["self", ...NUMBERED];
const pooled = fc.constantFrom(...POOL);
const startId = fc.constantFrom("00000001".padEnd(24, "a"), "00000002".padEnd(24, "b"));
// Now and then a huge one; if they were common, nothing would outrank them before long.
const incarnation = fc.oneof(
  { weight: 200, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 1, arbitrary: arbitrary.uint32 },
);

const someRecord: fc.Arbitrary<MemberRecord> = fc
  .tuple(arbitrary.record, pooled, startId, incarnation)
  .map(([whole, name, start, level]) => ({ ...whole, name, startId: start, incarnation: level }));

const someUpdate: fc.Arbitrary<Update> = fc.oneof(
  fc.tuple(arbitrary.belief, someRecord, pooled).map(([update, about, by]) => {
    return { ...update, record: about, by } as Update;
  }),
  fc
    .tuple(arbitrary.accusation, pooled, pooled, startId, incarnation)
    .map(([update, subject, accuser, start, level]) => {
      return { ...update, subject, accuser, startId: start, incarnation: level } as Update;
    }),
  fc
    .tuple(arbitrary.verdict, pooled, startId, incarnation)
    .map(([update, subject, start, level]) => {
      return { ...update, subject, startId: start, incarnation: level } as Update;
    }),
  fc
    .tuple(arbitrary.deaths, fc.array(fc.tuple(pooled, incarnation), { maxLength: 8 }))
    .map(([update, said]) => ({
      ...update,
      deaths: said.map(([name, level]) => ({ nameHigh: hash64(name).high, incarnation: level })),
    })),
);

const someHeader: fc.Arbitrary<Header> = fc
  .tuple(arbitrary.header, pooled, startId, incarnation)
  .map(([whole, sender, start, level]) => {
    return { ...whole, sender, startId: start, incarnation: level };
  });

const someBody: fc.Arbitrary<MessageBody> = fc
  .tuple(arbitrary.body, pooled, fc.integer({ min: 0, max: 40 }))
  .map(([body, name, seq]) => ({
    ...body,
    ...("seq" in body && { seq }),
    ...("target" in body && { target: name }),
    ...("member" in body && { member: name }),
    ...("profile" in body && { profile: "lan" }),
  }));

const someNotice: fc.Arbitrary<UserMessage> = fc
  .tuple(
    fc.oneof<fc.Arbitrary<UserMessage>[]>(arbitrary.userEvent, arbitrary.query),
    pooled,
    startId,
  )
  .chain(([notice, origin, start]) =>
    fc.nat(20_000).map((ageMs) => ({ ...notice, origin, startId: start, ageMs })),
  );

const someNews: fc.Arbitrary<PiggybackedMessages> = fc
  .tuple(fc.array(someNotice, { maxLength: 2 }), arbitrary.news)
  .map(([messages, { held }]) => ({ messages, held }));

/** Messages of the protocol in which few members speak of each other. They may be too long for a datagram. */
export const pooledMessage: fc.Arbitrary<Message> = fc
  .tuple(someHeader, someBody, fc.array(someUpdate, { maxLength: 3 }), fc.option(someNews))
  .map(([header, body, updates, news]) => ({ header, body, updates, ...(news && { news }) }));

const arrival: fc.Arbitrary<Input> = fc
  .tuple(arbitrary.endpoint, pooledMessage, fc.nat(1472))
  .map(([from, received, bytes]) => ({ kind: "message", from, message: received, bytes }));

const wish: fc.Arbitrary<Input> = fc.oneof(
  fc.constant<Input>({ kind: "wakeup", stalledMs: 0 }),
  fc.nat(5000).map((stalledMs): Input => ({ kind: "wakeup", stalledMs })),
  fc.tuple(pooled, fc.nat(40)).map(([member, seq]): Input => ({ kind: "refused", member, seq })),
  pooled.map((member): Input => ({ kind: "forget", member })),
  pooled.map((member): Input => ({ kind: "fetch-view", member })),
  arbitrary.endpoint.map((seed): Input => ({ kind: "join", seeds: [seed] })),
  arbitrary.userEvent.map(
    ({ name, payload }): Input => ({ kind: "send-user-event", name, payload }),
  ),
  arbitrary.query.map(({ name, payload, timeoutMs, seq: ticket }): Input => {
    return { kind: "send-query", ticket, name, payload, timeoutMs };
  }),
  fc.tuple(arbitrary.query, pooled).map(([query, origin]): Input => {
    return { kind: "answer", query: { ...query, origin }, answer: query.payload };
  }),
  fc.array(pooled, { maxLength: 3 }).map((subjects): Input => {
    return { kind: "watch", subjects, forMs: 3000 };
  }),
);

/** What happens to a node, and how many milliseconds after what happened before. */
export const moment = fc.tuple(
  fc.oneof({ weight: 8, arbitrary: arrival }, { weight: 2, arbitrary: wish }),
  fc.oneof(fc.constant(0), fc.nat(400)),
);
