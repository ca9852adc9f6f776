import { describe, expect, test } from "vitest";
import { type ReplayRule, ReplayWindow } from "../../../src/core/primitives/replay-window.ts";

const WRAPPING: ReplayRule = { width: 64, distance: (a, b) => (a - b) | 0, staysOnTie: "newer" };
const PLAIN: ReplayRule = { width: 256, distance: (a, b) => a - b, staysOnTie: "older" };

describe.each([
  ["64 wide, wrapping at 2^32", WRAPPING],
  ["256 wide", PLAIN],
])("a window %s", (_, rule) => {
  const { width } = rule;

  test("takes each number once, in any order within its width", () => {
    const window = new ReplayWindow(10_000, rule);
    const numbers = Array.from({ length: width - 1 }, (_, index) => 10_000 - 1 - index);
    expect(numbers.map((number) => window.accepts(number))).toEqual(numbers.map(() => true));
    expect(numbers.map((number) => window.accepts(number))).toEqual(numbers.map(() => false));
    expect(window.accepts(10_000)).toBe(false);
    expect(window.accepts(10_000 - width)).toBe(false);
  });

  test("slides, and forgets what it slid past", () => {
    const window = new ReplayWindow(1, rule);
    for (const step of [1, 31, 33, width - 1, width, 3 * width]) {
      const next = 10 * width * step;
      expect(window.accepts(next)).toBe(true);
      expect(window.accepts(next - 1)).toBe(true);
      expect([next, next - 1, next - width].map((number) => window.accepts(number))).toEqual([
        false,
        false,
        false,
      ]);
    }
  });
});

test("a forged number far ahead silences nobody, and is no way around the window", () => {
  const window = new ReplayWindow(1, PLAIN);
  for (const number of [2, 3]) window.accepts(number);
  expect(window.accepts(1_000_000)).toBe(true);
  expect([4, 1_000_000, 3].map((number) => window.accepts(number))).toEqual([true, false, false]);
});
