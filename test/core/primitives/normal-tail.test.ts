import fc from "fast-check";
import { expect, test } from "vitest";
import { deviationsAt, minusLog10UpperTail } from "../../../src/core/primitives/normal-tail.ts";

/** By 40-digit arithmetic. */
const EXACT: readonly [deviations: number, phi: number][] = [
  [-3, 0.00058664931379007],
  [-1, 0.07502601295782],
  [0, 0.3010299956639812],
  [1, 0.7995455414919704],
  [2, 1.64301608014094],
  [2.499, 2.20570610112958],
  [2.5, 2.2069318057953],
  [3, 2.86969903592937],
  [5.6, 7.9699028503859],
  [8, 15.2061425510172],
  [20, 88.5600953430756],
  [40, 349.437006459346],
  [100, 2173.87154286903],
  [1000, 217150.640041994],
  [1e6, 217147240958.025],
];

test.each(EXACT)("the tail beyond %d deviations is exact to twelve digits", (deviations, phi) => {
  expect(minusLog10UpperTail(deviations) / phi).toBeCloseTo(1, 12);
});

test("the tail is finite however far out, and never negative however near", () => {
  expect(minusLog10UpperTail(1e150)).toBeLessThan(Number.POSITIVE_INFINITY);
  expect(minusLog10UpperTail(-1e150)).toBe(0);
  expect(minusLog10UpperTail(-40)).toBe(0);
});

test("a longer silence never lowers the surprise, also where the two formulas meet", () => {
  const steps = Array.from({ length: 18_000 }, (_, step) => -6 + step / 1000);
  const phis = steps.map(minusLog10UpperTail);
  expect(phis.findIndex((phi, at) => phi < (phis[at - 1] ?? 0))).toBe(-1);
});

test("the deviations of a phi are the inverse of its tail", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1000, noNaN: true }), (phi) => {
      expect(minusLog10UpperTail(deviationsAt(phi)) / phi).toBeCloseTo(1, 8);
    }),
  );
});
