import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Effect } from "../../../src/core/effect.ts";
import type { Input } from "../../../src/core/input.ts";
import type { MemberName, MemberRecord, Update } from "../../../src/core/member.ts";
import type { Header, Message, MessageBody } from "../../../src/core/message.ts";
import { createSwimNode } from "../../../src/core/node/swim-node.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import type { PiggybackedMessages, UserMessage } from "../../../src/core/user-message.ts";
import { createCodec } from "../../../src/wire/codec.ts";
import * as arbitrary from "../../wire/arbitraries.ts";
import { CONFIG, names, record } from "../builders.ts";

const MESSAGES = 20_000;
const codec = createCodec({ clusterLabel: "test" });

// Names that meet, so that random messages speak of each other's members, the node itself included.
const POOL: readonly MemberName[] = ["self", ...names(12)];
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

const message: fc.Arbitrary<Message> = fc
  .tuple(someHeader, someBody, fc.array(someUpdate, { maxLength: 3 }), fc.option(someNews))
  .map(([header, body, updates, news]) => ({ header, body, updates, ...(news && { news }) }));

const arrival: fc.Arbitrary<Input> = fc
  .tuple(arbitrary.endpoint, message)
  .map(([from, received]) => ({ kind: "message", from, message: received }));

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

const moment = fc.tuple(
  fc.oneof({ weight: 8, arbitrary: arrival }, { weight: 2, arbitrary: wish }),
  fc.oneof(fc.constant(0), fc.nat(400)),
);

/** What a node did and was over its whole random life. */
interface Life {
  readonly ownStates: ReadonlySet<string | undefined>;
  /** Members whose incarnation went back. */
  readonly lowered: readonly MemberName[];
  readonly kindsSent: ReadonlySet<string>;
  readonly largestDatagram: number;
  /** Wakeups that it wanted for a moment already over, or never. */
  readonly badWakeups: readonly (number | undefined)[];
  readonly badPhis: readonly number[];
  /** Everybody who was a member of its view at some time. */
  readonly knew: ReadonlySet<MemberName>;
}

function live(rngSeed: number, messages: number): Life {
  const rng = seededRng([rngSeed, 1, 2, 3]);
  const { sizer } = codec;
  const node = createSwimNode({
    self: record("self"),
    config: CONFIG,
    rng,
    sizer,
    hasSeeds: true,
  });
  const life = {
    ownStates: new Set<string | undefined>(),
    lowered: [] as MemberName[],
    kindsSent: new Set<string>(),
    largestDatagram: 0,
    badWakeups: [] as (number | undefined)[],
    badPhis: [] as number[],
    knew: new Set<MemberName>(),
  };
  const incarnations = new Map<MemberName, number>();
  const look = (effects: readonly Effect[]): void => {
    for (const effect of effects) {
      if (effect.kind === "send") {
        life.kindsSent.add(effect.message.body.kind);
        const bytes = codec.encode(effect.message).length;
        life.largestDatagram = Math.max(life.largestDatagram, bytes);
      } else if (effect.kind === "event" && effect.event.kind === "member-reaped") {
        // A tombstone that somebody says is 72 hours old goes, and with it what was known.
        incarnations.delete(effect.event.member);
      }
    }
  };
  let now = 0;
  look(node.step(now, { kind: "wakeup", stalledMs: 0 }));
  for (const [input, afterMs] of fc.sample(moment, { numRuns: messages, seed: rngSeed })) {
    now += afterMs;
    look(node.step(now, input));
    // As a host does: what came due is judged, late as it may be.
    look(node.step(now, { kind: "wakeup", stalledMs: 0 }));
    const wakeupAt = node.nextWakeupAt();
    if (wakeupAt === undefined || wakeupAt < now) life.badWakeups.push(wakeupAt);
    const { members } = node.snapshot(now);
    life.ownStates.add(members.find(({ record: { name } }) => name === "self")?.state);
    for (const { record: about, phi } of members) {
      const { name, incarnation: present } = about;
      life.knew.add(name);
      if (present < (incarnations.get(name) ?? 0)) life.lowered.push(name);
      incarnations.set(name, present);
      if (phi !== null && !Number.isFinite(phi)) life.badPhis.push(phi);
    }
  }
  return life;
}

describe("whatever 20,000 valid messages a node is fed, it never throws and", () => {
  let life: Life;
  beforeAll(() => {
    life = live(1, MESSAGES);
  }, 30_000);

  test("holds its own record alive", () => {
    expect(life.ownStates).toEqual(new Set(["alive"]));
  });

  test("never lowers an incarnation", () => {
    expect(life.knew.size).toBe(POOL.length);
    expect(life.lowered).toEqual([]);
  });

  test("sends datagrams that encode and fit the budget", () => {
    expect(life.kindsSent.size).toBeGreaterThan(10);
    expect(life.largestDatagram).toBeGreaterThan(1000);
    expect(life.largestDatagram).toBeLessThanOrEqual(CONFIG.datagramBytesMax);
  });

  test("always wants to be woken again, now or later", () => {
    expect(life.badWakeups).toEqual([]);
  });

  test("keeps phi finite", () => {
    expect(life.badPhis).toEqual([]);
  });
});
