import { expect, test } from "vitest";
import { median, quantile } from "../../src/text/quantiles.ts";

test("a quantile is the smallest value that so many values do not exceed", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 50, 99, 100]);
  expect(quantile([], 0.5)).toBeNaN();
});

test("a median of an even number of values lies between the two in the middle", () => {
  expect(median([9, 1, 3])).toBe(3);
  expect(median([9, 1, 3, 4])).toBe(3.5);
  expect(median([])).toBeNaN();
});
