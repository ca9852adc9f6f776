import fc from "fast-check";
import { expect, test } from "vitest";
import { name } from "../../src/bench/fuzz/messages/arbitraries.ts";
import { compareNames } from "../../src/core/name-order.ts";

test("numbers within names count as people count", () => {
  const names = [
    "n10",
    "n2",
    "n1",
    "web-2.eu",
    "web-10.eu",
    "web-2.de",
    "n02",
    "n",
    "n1a",
    "12",
    "7",
  ];
  expect(names.toSorted(compareNames)).toEqual([
    ...["7", "12", "n", "n1", "n1a", "n02", "n2", "n10", "web-2.de", "web-2.eu", "web-10.eu"],
  ]);
});

test("numbers of any length are compared whole", () => {
  const long = `n1${"0".repeat(60)}`;
  expect(compareNames(long, `${long}1`)).toBeLessThan(0);
  expect(compareNames("n9", long)).toBeLessThan(0);
});

test("it is an order: of two names that differ one comes first, and three agree", () => {
  const digits = fc.stringMatching(/^[a0-9.]{1,6}$/);
  const any = fc.oneof(name, digits);
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      expect(compareNames(a, b) === 0).toBe(a === b);
      expect(Math.sign(compareNames(a, b)) + Math.sign(compareNames(b, a))).toBe(0);
      const [x, y, z] = [a, b, c].toSorted(compareNames) as [string, string, string];
      expect(compareNames(x, z)).toBeLessThanOrEqual(0);
      expect(compareNames(x, y)).toBeLessThanOrEqual(0);
      expect(compareNames(y, z)).toBeLessThanOrEqual(0);
    }),
  );
});
