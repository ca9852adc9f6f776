import { describe, expect, test } from "vitest";
import type { MemberState } from "../../../src/core/member.ts";
import { supersedes } from "../../../src/core/membership/supersedes.ts";

const BY_RANK: readonly MemberState[] = ["alive", "suspect", "dead", "left", "forgotten"];

describe("at equal incarnations the more final state supersedes, and an equal one does not", () => {
  const pairs = BY_RANK.flatMap((next, rank) =>
    BY_RANK.map((current, held) => ({ next, current, wins: rank > held })),
  );
  test.each(pairs)("$next over $current: $wins", ({ next, current, wins }) => {
    const fact = supersedes({ state: next, incarnation: 4 }, { state: current, incarnation: 4 });
    expect(fact).toBe(wins);
  });
});

test("a higher incarnation supersedes whatever the states are, a lower one never does", () => {
  for (const next of BY_RANK) {
    for (const current of BY_RANK) {
      const higher = { state: next, incarnation: 5 };
      const lower = { state: current, incarnation: 4 };
      expect(supersedes(higher, lower)).toBe(true);
      expect(supersedes(lower, higher)).toBe(false);
    }
  }
});

test("an incarnation is compared as an unsigned number of 32 bits", () => {
  const highest = { state: "alive", incarnation: 0xffff_ffff } as const;
  expect(supersedes(highest, { state: "alive", incarnation: 0x7fff_ffff })).toBe(true);
});
