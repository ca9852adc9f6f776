import { expect, test } from "vitest";
import { Throttle } from "../../../src/core/primitives/throttle.ts";

test("a key passes once in the span, and what was held back does not lengthen it", () => {
  const throttle = new Throttle(100);
  expect(throttle.allows("a", 0)).toBe(true);
  expect(throttle.allows("a", 99)).toBe(false);
  expect(throttle.allows("a", 100)).toBe(true);
});

test("keys do not hold each other back", () => {
  const throttle = new Throttle(100);
  throttle.allows("a", 0);
  expect(throttle.allows("b", 0)).toBe(true);
});

test("a flood of keys is held back until earlier ones have expired", () => {
  const throttle = new Throttle(100);
  const passed = Array.from({ length: 5000 }, (_, key) => throttle.allows(`k${key}`, 0));
  expect(passed.filter(Boolean)).toHaveLength(1024);
  expect(throttle.allows("late", 50)).toBe(false);
  expect(throttle.allows("late", 100)).toBe(true);
});
