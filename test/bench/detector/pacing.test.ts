import { expect, test } from "vitest";
import { PACED } from "../../../src/bench/detector/candidates/candidate.ts";
import { chooseCases } from "../../../src/bench/detector/detector-plan.ts";
import { runTrial } from "../../../src/bench/detector/trials/trial.ts";
import {
  pacedSizes,
  paceOf,
  pacingTrials,
  withPaces,
} from "../../../src/bench/detector/workloads/pacing.ts";

test.each([5, 20])("at its pace Lifeguard sends what hearsay sends, when idle, n = %s", (size) => {
  const trials = pacingTrials(size, 1);
  const results = trials.map(runTrial);
  const [hearsay] = results;
  const [, lifeguard] = trials;
  if (hearsay === undefined || lifeguard === undefined) throw new Error("there are no trials");
  const { bytes } = runTrial({ ...lifeguard, pace: paceOf(results) });
  expect(Math.abs(bytes - hearsay.bytes)).toBeLessThan(0.1 * hearsay.bytes);
});

test("a pace is the share of the default intervals that spends what is left beside the lists", () => {
  // At the default 20 for lists and 100 for probes, and probes twice as often cost 200.
  const atPaces = [sent(120), sent(220)];
  expect(paceOf([sent(420), ...atPaces])).toBeCloseTo(0.25);
  expect(paceOf([sent(120), ...atPaces])).toBeCloseTo(1);
});

test("Lifeguard is never made slower than by default", () => {
  const atPaces = [sent(120), sent(220)];
  expect(paceOf([sent(60), ...atPaces])).toBe(1);
  expect(paceOf([sent(10), ...atPaces])).toBe(1);
});

test("each size has its pace, and nobody else is paced", () => {
  const cases = chooseCases({ preset: "full", workloads: ["idle"], sizes: [4, 8], rngSeed: 1 });
  expect(pacedSizes(cases)).toEqual([4, 8]);
  const paces = new Map([
    [4, 0.5],
    [8, 0.25],
  ]);
  const paced = withPaces(cases, paces).flatMap(({ candidate, size, trials }) =>
    trials.map(({ pace }) => ({ candidate, size, pace })),
  );
  for (const { candidate, size, pace } of paced) {
    expect(pace).toBe(candidate === PACED ? paces.get(size) : 1);
  }
});

function sent(bytes: number) {
  return { bytes, nodeMs: 1000 };
}
