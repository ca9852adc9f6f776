import { describe, expect, test } from "vitest";
import { isRecountDue, quorumOf } from "../../../src/core/suspicion/quorum.ts";
import { isRefusalQuorum } from "../../../src/core/suspicion/refusal-quorum.ts";
import { timeoutMs } from "../../../src/core/suspicion/verdict-deadlines.ts";

test.each([
  [0, 2],
  [1, 2],
  [4, 2],
  [5, 3],
  [8, 4],
  [9, 5],
  [20, 10],
])("a quorum is half of the live observers, two at least: of %i it is %i", (live, quorum) => {
  expect(quorumOf(live, false, false)).toBe(quorum);
});

test("where everybody watches everybody no more than four need to agree", () => {
  expect([5, 7, 8, 9, 11].map((live) => quorumOf(live, false, true))).toEqual([3, 4, 4, 4, 4]);
});

test("of two members the one is quorum enough for the other", () => {
  expect(quorumOf(1, true, true)).toBe(1);
});

test.each([
  ["nothing came and nothing ended", {}, false],
  ["the time for all came", { allAt: 1000 }, true],
  ["an accusation came", { isAccusedAnew: true }, true],
  ["a grace ended", { graceEndsAt: 1000 }, true],
])("whether a quorum is recounted, where %s", (_, facts, isDue) => {
  const before = { allAt: 1001, isAccusedAnew: false, graceEndsAt: 1001 };
  expect(isRecountDue({ ...before, ...facts }, 1000)).toBe(isDue);
});

describe("without a quorum Lifeguard's timer runs", () => {
  const unitMs = 1000;

  test("log10(n) taken as one in a small cluster", () => {
    expect(timeoutMs({ unitMs, members: 3, accusers: 1, quorum: 2 })).toBeCloseTo(24_000, 6);
  });

  test("never under 4·log10(n) units", () => {
    expect(timeoutMs({ unitMs, members: 10, accusers: 9, quorum: 4 })).toBeCloseTo(4000, 6);
  });
});

test("a refusal quorum is two accusers, one of two members, one where nobody else lives to look", () => {
  expect(isRefusalQuorum(1, false, () => true)).toBe(false);
  expect(isRefusalQuorum(2, false, () => true)).toBe(true);
  expect(isRefusalQuorum(1, true, () => false)).toBe(true);
  expect(isRefusalQuorum(1, false, () => false)).toBe(true);
  expect(isRefusalQuorum(0, true, () => false)).toBe(false);
});
