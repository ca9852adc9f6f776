import { expect, test } from "vitest";
import { binIntervals } from "../../../../../cli/dashboard/drawing/panes/histogram.ts";
import { phiCurve } from "../../../../../cli/dashboard/drawing/panes/phi-curve.ts";
import { explanation, member } from "../../states.ts";

test("the curve meets the level of suspicion where it says, and grows with silence", () => {
  const curve = phiCurve(explanation(member("n3")), 400);
  if (curve === undefined) throw new Error("no curve");
  const at = Math.round((curve.suspectAtMs / curve.silenceMsMax) * 399);
  expect(curve.phis[at]).toBeCloseTo(8, 0);
  expect([...curve.phis].sort((a, b) => a - b)).toEqual(curve.phis);
  expect(curve.suspectAtMs).toBeCloseTo(1000 + 5.612 * 100, 0);
});

test("without a detector there is no curve", () => {
  expect(phiCurve(explanation(member("n3"), { detector: null }), 40)).toBeUndefined();
});

test("every interval is in one bin, and the fitted normal puts as many there in all", () => {
  const intervals = [100, 400, 950, 1000, 1001, 1050, 1500, 9000];
  const bins = binIntervals(intervals, { meanMs: 1000, deviationMs: 100 }, 6);
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(intervals.length);
  expect(bins.reduce((sum, { expected }) => sum + expected, 0)).toBeCloseTo(intervals.length, 5);
  expect(bins.map(({ count }) => count)).toEqual([2, 0, 1, 3, 0, 2]);
});
