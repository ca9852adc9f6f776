import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PROFILES } from "../../../src/core/config.ts";
import type {
  AccusationUpdate,
  BeliefUpdate,
  SingleUpdate,
  VerdictUpdate,
} from "../../../src/core/member.ts";
import type { MessageSizer } from "../../../src/core/message.ts";
import { hash64 } from "../../../src/core/primitives/hash.ts";
import { Dissemination } from "../../../src/core/sending/dissemination.ts";
import { accusation, belief, names, PLAIN_SIZER, record, verdict } from "../builders.ts";

const PLENTY = 10_000;

const sizer: MessageSizer = {
  ...PLAIN_SIZER,
  updateBytes: (update) => {
    if (update.kind === "deaths") return 5 + 8 * update.deaths.length;
    return update.kind === "belief" ? 100 : 50;
  },
};

const DEATH = verdict(record("a"), "dead", "judge");

function alive(name: string): BeliefUpdate {
  return belief(record(name));
}

function accused(
  name: string,
  accuser: string,
  changes: Partial<AccusationUpdate> = {},
): AccusationUpdate {
  return accusation(record(name), accuser, changes);
}

function queueFor(members: number): Dissemination {
  return new Dissemination(PROFILES.lan, sizer, () => members);
}

function sendsUntilRested(queue: Dissemination): number {
  let sends = 0;
  while (queue.fill(PLENTY).length > 0) sends++;
  return sends;
}

test.each([
  [1, 6],
  [9, 6],
  [10, 12],
  [99, 12],
  [100, 18],
  [1000, 24],
])("with %i members each update is sent %i times, 6·⌈log10(n+1)⌉", (members, sends) => {
  const queue = queueFor(members);
  queue.add(alive("a"));
  expect(sendsUntilRested(queue)).toBe(sends);
  expect(queue.size).toBe(0);
});

test("what was sent least goes first", () => {
  const queue = queueFor(5);
  queue.add(alive("old"));
  queue.fill(PLENTY);
  queue.add(alive("new"));
  expect(queue.fill(100)).toEqual([alive("new")]);
  // Both were sent once now: the one that waited longer goes first.
  expect(queue.fill(100)).toEqual([alive("old")]);
});

test("a copy that another node sends counts as three sends, where 32 updates are owed or more", () => {
  const sendsLeft = (others: number, copy: VerdictUpdate): number => {
    const queue = queueFor(100);
    queue.add(DEATH);
    for (const name of names(others)) queue.add(alive(name));
    queue.noteCopy(copy);
    let sends = 0;
    while (queue.fill(PLENTY).some(({ kind }) => kind === "verdict" || kind === "deaths")) sends++;
    return sends;
  };
  expect(sendsLeft(31, DEATH)).toBe(15);
  expect(sendsLeft(30, DEATH)).toBe(18);
  expect(sendsLeft(31, verdict(record("b"), "dead", "judge"))).toBe(18);
});

test("a death is urgent for nine sends, and can be sent without the rest", () => {
  const queue = queueFor(100);
  queue.add(accused("b", "x"));
  queue.add(DEATH);
  for (let left = 9; left > 0; left--) {
    expect(queue.hasUrgent).toBe(true);
    expect(queue.fill(PLENTY, [], { onlyUrgent: true })).toEqual([DEATH]);
  }
  expect(queue.hasUrgent).toBe(false);
  expect(queue.fill(PLENTY, [], { onlyUrgent: true })).toEqual([]);
  queue.add(DEATH);
  queue.add(alive("a"));
  expect(queue.hasUrgent).toBe(false);
});

test("where 32 updates are owed, deaths go in short: one list for each cause, behind all else", () => {
  const queue = queueFor(100);
  const deaths = names(31).map((name) => verdict(record(name), "dead", "judge"));
  for (const death of deaths) queue.add(death);
  expect(queue.fill(PLENTY)).toEqual(deaths);
  queue.add({ ...verdict(record("x"), "dead", "judge"), cause: "crash" });
  queue.add({ ...verdict(record("y"), "left", "y"), cause: "leave" });
  const [left, crash, quorum] = queue.fill(PLENTY);
  expect(left).toMatchObject({ kind: "verdict", subject: "y" });
  const short = (name: string) => ({ nameHigh: hash64(name).high, incarnation: 1 });
  expect(crash).toEqual({ kind: "deaths", cause: "crash", deaths: [short("x")] });
  expect(quorum).toEqual({ kind: "deaths", cause: "quorum", deaths: names(31).map(short) });
});

test("what does not fit waits, and a smaller update takes the room", () => {
  const queue = queueFor(5);
  queue.add(alive("big"));
  queue.add(accused("small", "x"));
  expect(queue.fill(60)).toEqual([accused("small", "x")]);
  expect(queue.fill(PLENTY)[0]).toEqual(alive("big"));
});

test("the bytes of one datagram's updates never exceed what is free", () => {
  const update = fc.oneof(
    fc.nat(30).map((i): SingleUpdate => alive(`m${i}`)),
    fc.tuple(fc.nat(30), fc.nat(9)).map(([i, j]): SingleUpdate => accused(`m${i}`, `m${j}`)),
    fc.nat(90).map((i): SingleUpdate => verdict(record(`m${i}`), "dead", "judge")),
  );
  fc.assert(
    fc.property(
      fc.array(update, { maxLength: 60 }),
      fc.array(fc.nat(1400), { minLength: 1, maxLength: 30 }),
      (updates, rooms) => {
        const queue = queueFor(200);
        for (const one of updates) queue.add(one);
        for (const room of rooms) {
          const bytes = queue.fill(room).map((one) => sizer.updateBytes(one));
          expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(room);
        }
      },
    ),
    { numRuns: 100, seed: 1 },
  );
});

describe("the queue", () => {
  test("keeps the accusations of different accusers side by side", () => {
    const queue = queueFor(5);
    queue.add(accused("a", "x"));
    queue.add(accused("a", "y"));
    expect(queue.fill(PLENTY)).toEqual([accused("a", "x"), accused("a", "y")]);
  });

  test("holds one accusation of one accuser, the newest, and owes it anew", () => {
    const queue = queueFor(5);
    queue.add(accused("a", "x"));
    queue.fill(PLENTY);
    queue.add(accused("a", "x", { evidence: "refused" }));
    expect(queue.size).toBe(1);
    expect(queue.fill(PLENTY)).toEqual([accused("a", "x", { evidence: "refused" })]);
    expect(sendsUntilRested(queue)).toBe(5);
  });

  test("drops the accusations on a member that has a newer record, and only those", () => {
    const queue = queueFor(5);
    queue.add(accused("a", "x"));
    queue.add(accused("a", "y"));
    queue.add(accused("b", "x"));
    const newer = belief(record("a", { incarnation: 2 }));
    queue.add(newer);
    expect(queue.fill(PLENTY)).toEqual([accused("b", "x"), newer]);
  });

  test("drops the accusations on a member that was declared dead", () => {
    const queue = queueFor(5);
    queue.add(accused("a", "x"));
    queue.add(DEATH);
    expect(queue.fill(PLENTY)).toEqual([DEATH]);
  });

  test("holds one fact a member besides accusations: a verdict takes the place of the record", () => {
    const queue = queueFor(5);
    queue.add(alive("a"));
    queue.add(DEATH);
    expect(queue.fill(PLENTY)).toEqual([DEATH]);
  });

  test("keeps accusations beside the record that they are about", () => {
    const queue = queueFor(5);
    queue.add(alive("a"));
    queue.add(accused("a", "x"));
    expect(queue.size).toBe(2);
  });
});

test("what rides in a datagram already does not ride twice, and stays owed", () => {
  const queue = queueFor(5);
  queue.add(alive("a"));
  queue.add(alive("b"));
  expect(queue.fill(PLENTY, [alive("a")])).toEqual([alive("b")]);
  expect(queue.fill(100)).toEqual([alive("a")]);
});

describe("an end that waited to be passed on", () => {
  const left = belief(record("a"), "left", { by: "a", ageMs: 5 });

  test("is as much older: a node that is alone has nobody to tell for as long as it is alone", () => {
    const queue = queueFor(5);
    queue.turnTo(1_000);
    queue.add(left);
    expect(queue.fill(PLENTY)).toEqual([left]);
    queue.turnTo(31_000);
    expect(queue.fill(PLENTY)).toEqual([{ ...left, ageMs: 30_005 }]);
    queue.turnTo(61_000);
    expect(queue.fill(PLENTY)).toEqual([{ ...left, ageMs: 60_005 }]);
  });

  test("has room for the longest age from the beginning", () => {
    const queue = queueFor(5);
    queue.add(left);
    expect(queue.fill(103)).toEqual([]);
    expect(queue.fill(104)).toEqual([left]);
  });

  test("is the only update that grows older: life is from now on, and a verdict has no age", () => {
    const queue = queueFor(5);
    queue.add(alive("b"));
    queue.add(DEATH);
    queue.turnTo(30_000);
    expect(queue.fill(PLENTY)).toEqual([alive("b"), DEATH]);
  });
});
