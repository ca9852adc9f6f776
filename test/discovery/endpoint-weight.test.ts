import fc from "fast-check";
import { expect, test } from "vitest";
import { endpointWeight } from "../../src/discovery/endpoint-weight.ts";

test.each([
  [null, 100],
  [0, 100],
  [1, 100],
  [2.75, 75],
  [4.5, 50],
  [7.9, 5],
  [8, 5],
  [300, 5],
])("at phi %s an endpoint of weight 100 weighs %i, for a threshold of 8", (phi, weight) => {
  expect(endpointWeight(100, phi, 8)).toBe(weight);
});

test("whoever leaves endpoints out earlier moves its traffic away earlier", () => {
  expect(endpointWeight(100, 2, 3)).toBe(50);
  expect(endpointWeight(100, 0.9, 0.5)).toBe(100);
});

test("a weight is whole, at least 1, at most its base, and never rises with phi", () => {
  const phi = fc.double({ min: 0, max: 400, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 256 }), phi, phi, (base, a, b) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)].map((x) => endpointWeight(base, x, 8));
      expect(Number.isInteger(more)).toBe(true);
      expect(more).toBeGreaterThanOrEqual(1);
      expect(less).toBeLessThanOrEqual(base);
      expect(more).toBeLessThanOrEqual(less ?? 0);
    }),
  );
});
