import { expect, test } from "vitest";
import { binIntervals } from "../../src/viewing/interval-bins.ts";
import { phiCurve } from "../../src/viewing/phi-curve.ts";
import { explanation, member } from "../cli/dashboard/states.ts";

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

test("of a dead member the curve keeps the learned rhythm, with the silence at which its death was known", () => {
  const { detector } = explanation(member("n3"));
  if (detector === null) throw new Error("no detector");
  const body = explanation(
    member("n3", { state: "dead", phi: null, lastHeardMs: 19_200, stateForMs: 18_000 }),
    { detector: null },
  );
  expect(phiCurve(body, 40)).toBeUndefined();
  const { mark } = phiCurve(body, 40, detector) ?? {};
  expect(mark).toMatchObject({ silenceMs: 1200, isVerdict: true });
  // Two deviations above the mean.
  expect(mark?.phi).toBeCloseTo(-Math.log10(0.02275), 2);
});

test("a rhythm that is kept is not taken for that of a member that is alive and unwatched", () => {
  const { detector } = explanation(member("n3"));
  const body = explanation(member("n3", { phi: null }), { detector: null });
  expect(phiCurve(body, 40, detector ?? undefined)).toBeUndefined();
});
