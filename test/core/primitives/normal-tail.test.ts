import fc from "fast-check";
import { expect, test } from "vitest";
import { deviationsAt, minusLog10UpperTail } from "../../../src/core/primitives/normal-tail.ts";

/** By 40-digit arithmetic. */
const EXACT: readonly [deviations: number, phi: number][] = [
  [-3, 0.0005866493137900705],
  [-1, 0.07502601295781802],
  [0, 0.3010299956639812],
  [1, 0.7995455414919704],
  [2, 1.6430160801409368],
  [2.499, 2.205706101129577],
  [2.5, 2.206931805795301],
  [3, 2.8696990359293686],
  [5.6, 7.9699028503859021],
  [8, 15.206142551017152],
  [20, 88.56009534307557],
  [40, 349.43700645934584],
  [100, 2173.8715428690344],
  [1000, 217150.64004199438],
  [1e6, 217147240958.02501],
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
  let last = 0;
  for (let z = -6; z < 12; z += 0.001) {
    const phi = minusLog10UpperTail(z);
    expect(phi).toBeGreaterThanOrEqual(last);
    last = phi;
  }
});

test("the deviations of a phi are the inverse of its tail", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1000, noNaN: true }), (phi) => {
      expect(minusLog10UpperTail(deviationsAt(phi)) / phi).toBeCloseTo(1, 8);
    }),
  );
});
