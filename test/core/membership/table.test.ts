import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PROFILES } from "../../../src/core/config.ts";
import type { MemberRecord, MemberState } from "../../../src/core/member.ts";
import { bucketOf, digestEntry } from "../../../src/core/membership/digest.ts";
import { type Member, MembershipTable } from "../../../src/core/membership/table.ts";
import { xorHash, ZERO_HASH } from "../../../src/core/primitives/hash.ts";
import { record } from "../builders.ts";

const { tombstoneMs } = PROFILES.lan;
const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"];
const STATES: readonly MemberState[] = ["alive", "suspect", "dead", "left", "forgotten"];

const beliefs = fc.array(
  fc.record({
    name: fc.constantFrom(...NAMES),
    state: fc.constantFrom(...STATES),
    incarnation: fc.integer({ min: 0, max: 4 }),
  }),
  { maxLength: 40 },
);

function emptyTable(membersMax = 1000, tombstonesMax = 1000): MembershipTable {
  return new MembershipTable({ ...PROFILES.lan, membersMax, tombstonesMax });
}

function namesOf(members: readonly Member[]): string[] {
  return members.map(({ name }) => name).sort();
}

function put(table: MembershipTable, of: MemberRecord, state: MemberState, now = 0): boolean {
  return table.apply({ record: of, state, since: now, by: "judge" }, now) !== undefined;
}

function recomputed(table: MembershipTable): object {
  return table.members
    .map(({ name, state, record: of }) => digestEntry(name, of.incarnation, state))
    .reduce(xorHash, ZERO_HASH);
}

describe("a table filled at once", () => {
  const records = NAMES.map((name) => record(name));

  test("is the one that the members were put into one by one", () => {
    const filled = emptyTable();
    const applied = emptyTable();
    expect(filled.fill(records, 7)).toBe(filled.members);
    for (const of of [...records].reverse()) {
      applied.apply({ record: of, state: "alive", since: 7, by: of.name }, 7);
    }
    expect(filled.members).toEqual(applied.members);
    expect(filled.digest).toEqual(applied.digest);
    expect(filled.presentCount).toBe(NAMES.length);
  });

  test("takes one record of a name, and no more than there is room for", () => {
    const table = emptyTable(3);
    table.fill([...records, ...records], 0);
    expect(table.members).toHaveLength(3);
    expect(table.digest).toEqual(recomputed(table));
    const twice = emptyTable();
    twice.fill([...records, ...records], 0);
    expect(twice.digest).toEqual(recomputed(twice));
    expect(twice.presentCount).toBe(NAMES.length);
  });

  test("must be empty before", () => {
    const table = emptyTable();
    put(table, record("a"), "alive");
    expect(() => table.fill(records, 0)).toThrow("only an empty table is filled");
  });
});

describe("the view digest", () => {
  test("kept incrementally is the one recomputed from the table", () => {
    fc.assert(
      fc.property(beliefs, (list) => {
        const table = emptyTable();
        for (const { name, state, incarnation } of list) {
          put(table, record(name, { incarnation }), state);
          expect(table.digest).toEqual(recomputed(table));
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  test("does not depend on the order in which beliefs came", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 2 }), (names) => {
        const forth = emptyTable();
        const back = emptyTable();
        for (const name of names) put(forth, record(name), "alive");
        for (const name of [...names].reverse()) put(back, record(name), "alive");
        expect(forth.digest).toEqual(back.digest);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  test("tells apart another name, another incarnation, and present, dead, left and forgotten", () => {
    const digests = [
      digestEntry("a", 1, "alive"),
      digestEntry("b", 1, "alive"),
      digestEntry("a", 2, "alive"),
      digestEntry("a", 1, "dead"),
      digestEntry("a", 1, "left"),
      digestEntry("a", 1, "forgotten"),
    ];
    expect(new Set(digests.map((digest) => JSON.stringify(digest))).size).toBe(6);
  });

  test("is the same for a suspect as for a member alive", () => {
    const table = emptyTable();
    put(table, record("a"), "alive");
    const before = table.digest;
    expect(put(table, record("a"), "suspect")).toBe(true);
    expect(table.digest).toEqual(before);
  });

  test.each(["dead", "left", "forgotten"] as const)(
    "holds who is %s until the last minute before it is reaped",
    (state) => {
      const table = emptyTable();
      put(table, record("a"), "alive");
      const before = table.digest;
      put(table, record("b"), state, 1000);
      table.reap(1000 + tombstoneMs - MINUTE - 1);
      expect(table.digest).not.toEqual(before);
      expect(table.reap(1000 + tombstoneMs - MINUTE).members).toEqual([]);
      expect(table.digest).toEqual(before);
      expect(table.get("b")?.state).toBe(state);
      expect(table.bucketHashes(0)).toEqual([before]);
    },
  );

  test("that was replaced is known for two seconds more", () => {
    const table = emptyTable();
    put(table, record("a"), "alive", 0);
    const replaced = table.digest;
    put(table, record("b"), "alive", 500);
    expect(table.isKnownDigest(table.digest, 500)).toBe(true);
    expect(table.isKnownDigest(replaced, 2499)).toBe(true);
    expect(table.isKnownDigest(replaced, 2500)).toBe(false);
  });
});

describe("the buckets", () => {
  test("together are the digest, however many there are", () => {
    const table = emptyTable();
    for (let i = 0; i < 100; i++) put(table, record(`m${i}`), i % 5 === 0 ? "dead" : "alive");
    for (const bits of [0, 1, 3, 6]) {
      const hashes = table.bucketHashes(bits);
      expect(hashes).toHaveLength(2 ** bits);
      expect(hashes.reduce(xorHash, ZERO_HASH)).toEqual(table.digest);
    }
  });

  test("of two views differ only where their members differ", () => {
    const one = emptyTable();
    const other = emptyTable();
    for (let i = 0; i < 64; i++)
      for (const table of [one, other]) put(table, record(`m${i}`), "alive");
    put(other, record("m7"), "dead");
    const hash = other.get("m7")?.hash ?? ZERO_HASH;
    const theirs = other.bucketHashes(6);
    const differing = one
      .bucketHashes(6)
      .flatMap((mine, index) => (mine.low === theirs[index]?.low ? [] : [index]));
    expect(differing).toEqual([bucketOf(hash, 6)]);
  });
});

describe("the table", () => {
  test("keeps its members in an order that all nodes share, whatever came first", () => {
    const forth = emptyTable();
    const back = emptyTable();
    for (const name of NAMES) put(forth, record(name), "alive");
    for (const name of [...NAMES].reverse()) put(back, record(name), "alive");
    const names = forth.members.map(({ name }) => name);
    expect(back.members.map(({ name }) => name)).toEqual(names);
    for (const [at, name] of names.entries()) expect(forth.indexAfter(name)).toBe(at + 1);
    expect(forth.indexAfter(null)).toBe(0);
  });

  test("finds the place after a name that it does not hold", () => {
    const all = emptyTable();
    for (const name of NAMES) put(all, record(name), "alive");
    const missing = all.members[3]?.name ?? "";
    const some = emptyTable();
    for (const name of NAMES) if (name !== missing) put(some, record(name), "alive");
    expect(some.indexAfter(missing)).toBe(3);
  });

  test("remembers a record's incarnation while the member is dead", () => {
    const table = emptyTable();
    put(table, record("a", { incarnation: 5 }), "dead");
    expect(put(table, record("a", { incarnation: 4 }), "alive")).toBe(false);
    expect(put(table, record("a", { incarnation: 5 }), "alive")).toBe(false);
    expect(put(table, record("a", { incarnation: 6 }), "alive")).toBe(true);
  });

  test("never replaces what a member said of itself at the same incarnation", () => {
    const table = emptyTable();
    put(table, record("a", { tags: { zone: "first" } }), "alive");
    put(table, record("a", { tags: { zone: "second" } }), "suspect");
    expect(table.get("a")).toMatchObject({ state: "suspect", record: { tags: { zone: "first" } } });
  });

  test("counts as present those that are neither dead nor left nor forgotten", () => {
    const table = emptyTable();
    for (const [index, state] of STATES.entries()) put(table, record(`m${index}`), state);
    expect(table.presentCount).toBe(2);
    put(table, record("m2", { incarnation: 2 }), "alive");
    put(table, record("m0"), "left");
    expect(table.presentCount).toBe(2);
  });

  test("reaps dead, left and forgotten members after 72 hours, and nobody else ever", () => {
    const table = emptyTable();
    for (const [index, state] of STATES.entries()) put(table, record(`m${index}`), state, 0);
    expect(table.nextReapAt()).toBe(tombstoneMs - MINUTE);
    expect(table.reap(tombstoneMs - MINUTE).members).toEqual([]);
    expect(table.nextReapAt()).toBe(tombstoneMs);
    expect(table.reap(tombstoneMs - 1).members).toEqual([]);
    expect(namesOf(table.reap(tombstoneMs).members)).toEqual(["m2", "m3", "m4"]);
    expect(namesOf(table.members)).toEqual(["m0", "m1"]);
    expect(table.get("m2")).toBeUndefined();
    expect(tombstoneMs).toBe(72 * HOUR);
  });

  test("reaps at the very time that it foretells, whatever fractions of a millisecond it has", () => {
    for (let i = 0; i < 1000; i++) {
      const table = emptyTable();
      put(table, record("a"), "dead", 0.6 * tombstoneMs + 0.0137 * i);
      table.reap(table.nextReapAt());
      expect(table.digest).toEqual(ZERO_HASH);
      expect(table.reap(table.nextReapAt()).members).toHaveLength(1);
    }
  });

  test("counts a death from the newest incarnation that died", () => {
    const table = emptyTable();
    put(table, record("a"), "dead", 0);
    put(table, record("a", { incarnation: 2 }), "dead", 10 * HOUR);
    expect(table.reap(tombstoneMs).members).toEqual([]);
    expect(table.reap(tombstoneMs + 10 * HOUR).members).toHaveLength(1);
  });

  test("counts a life from its beginning, however often the member raises its incarnation", () => {
    const table = emptyTable();
    put(table, record("a"), "alive", 0);
    put(table, record("a", { incarnation: 2 }), "alive", 10 * HOUR);
    expect(table.get("a")?.since).toBe(0);
  });

  test("lists those present and the dead besides, in the same order", () => {
    fc.assert(
      fc.property(beliefs, (list) => {
        const table = emptyTable();
        for (const { name, state, incarnation } of list) {
          put(table, record(name, { incarnation }), state);
        }
        const isPresent = ({ state }: Member) => state === "alive" || state === "suspect";
        expect(table.present).toEqual(table.members.filter(isPresent));
        expect(table.dead).toEqual(table.members.filter(({ state }) => state === "dead"));
        table.reap(tombstoneMs);
        expect(table.dead).toEqual([]);
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});

describe("a tombstone in its last minute", () => {
  const lastMinute = tombstoneMs - MINUTE;
  /** A table that holds `a` dead since 0, at `now`, after another node said since when it holds it so. */
  const reminded = (since: number, { now = lastMinute, incarnation = 1 } = {}): MembershipTable => {
    const table = emptyTable();
    put(table, record("a"), "dead", 0);
    table.reap(now);
    table.remind({ record: record("a", { incarnation }), state: "dead", since, by: "b" }, now);
    return table;
  };

  test("is not taken in, and changes nothing in the digest where it is the news of an end", () => {
    const table = emptyTable();
    const of = record("a");
    const belief = { record: of, state: "left", since: 0, by: "b" } as const;
    expect(table.apply(belief, lastMinute)).toBeUndefined();
    put(table, of, "alive", lastMinute);
    expect(table.apply(belief, lastMinute)).toBeDefined();
    expect(table.digest).toEqual(ZERO_HASH);
    expect(namesOf(table.reap(tombstoneMs).members)).toEqual(["a"]);
  });

  test("is kept and shown for as long as another node remembers the same end", () => {
    const table = reminded(HOUR);
    expect(table.digest).toEqual(recomputed(table));
    expect(table.reap(tombstoneMs).members).toEqual([]);
    expect(table.nextReapAt()).toBe(HOUR + lastMinute);
    table.reap(HOUR + lastMinute);
    expect(namesOf(table.reap(HOUR + tombstoneMs).members)).toEqual(["a"]);
  });

  test("is not kept for what the news of one end takes, so that no two nodes take turns", () => {
    expect(reminded(1_999).digest).toEqual(ZERO_HASH);
    expect(reminded(2_000).digest).not.toEqual(ZERO_HASH);
  });

  test("is not kept for another end, nor for one that is in its last minute, too", () => {
    expect(reminded(HOUR, { incarnation: 0 }).digest).toEqual(ZERO_HASH);
    expect(reminded(3_000, { now: lastMinute + 3_000 }).digest).toEqual(ZERO_HASH);
  });

  test("is the only one whose age changes so", () => {
    expect(reminded(HOUR, { now: lastMinute - 1 }).get("a")?.since).toBe(0);
  });
});

describe("a full table", () => {
  test("takes no more members than its limit, tombstones apart, and goes on to change those it has", () => {
    const table = emptyTable(2);
    expect(put(table, record("a"), "alive")).toBe(true);
    expect(put(table, record("x"), "left")).toBe(true);
    expect(put(table, record("b"), "alive")).toBe(true);
    expect(put(table, record("c"), "alive")).toBe(false);
    expect(put(table, record("b"), "dead")).toBe(true);
    expect(put(table, record("c"), "alive")).toBe(true);
    expect(namesOf(table.present)).toEqual(["a", "c"]);
  });

  test("drops first the oldest that left or is forgotten, and last the dead", () => {
    const table = emptyTable(9, 3);
    put(table, record("dead1"), "dead", 1);
    put(table, record("dead2"), "dead", 2);
    put(table, record("left3"), "left", 3);
    put(table, record("gone4"), "forgotten", 4);
    expect(namesOf(table.reap(4).members)).toEqual(["left3"]);
    put(table, record("dead5"), "dead", 5);
    expect(namesOf(table.reap(5).members)).toEqual(["gone4"]);
    put(table, record("dead6"), "dead", 6);
    expect(namesOf(table.reap(6).members)).toEqual(["dead1"]);
  });

  test("does not take back what it had to drop", () => {
    const table = emptyTable(9, 2);
    for (const [at, name] of ["a", "b", "c"].entries()) put(table, record(name), "left", at);
    expect(namesOf(table.reap(3).members)).toEqual(["a"]);
    expect(put(table, record("a"), "left", 0)).toBe(false);
    expect(put(table, record("d"), "left", 4)).toBe(true);
  });

  test("says which limit was met, once in a minute", () => {
    const table = emptyTable(1, 1);
    put(table, record("a"), "alive", 0);
    put(table, record("b"), "alive", 0);
    expect(table.nextReapAt()).toBe(0);
    expect(table.reap(0).limits).toEqual(["membersMax"]);
    put(table, record("b"), "alive", 59_999);
    expect(table.reap(59_999).limits).toEqual([]);
    put(table, record("b"), "alive", 60_000);
    put(table, record("c"), "left", 60_000);
    put(table, record("d"), "left", 60_001);
    expect(table.reap(60_001).limits).toEqual(["membersMax", "tombstonesMax"]);
  });
});
