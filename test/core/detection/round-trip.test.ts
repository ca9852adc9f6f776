import { expect, test } from "vitest";
import { RoundTrip } from "../../../src/core/detection/round-trip.ts";
import { CONFIG } from "../builders.ts";

function after(samplesMs: readonly number[]): RoundTrip {
  const roundTrip = new RoundTrip(CONFIG);
  for (const sample of samplesMs) roundTrip.add(sample);
  return roundTrip;
}

const steady = (sampleMs: number) => Array.from({ length: 200 }, () => sampleMs);

test("while nothing is known a ping is waited for a quarter of the period", () => {
  expect(after([]).retryWaitMs).toBe(250);
  expect(after([]).estimate).toBeNull();
});

test("while nothing is known and a quarter of the period is under the least wait, that is waited", () => {
  const roundTrip = new RoundTrip({ ...CONFIG, retryWaitMsMin: 400 });
  expect(roundTrip.retryWaitMs).toBe(400);
});

test("the first sample is the mean, with half of it for a deviation", () => {
  expect(after([80]).estimate).toEqual({ mean: 80, deviation: 40 });
});

test("a ping is repeated after the mean and 2.8 deviations", () => {
  expect(after([80]).retryWaitMs).toBeCloseTo(80 + 2.8 * 40, 9);
});

test("a ping is never repeated before the least wait", () => {
  expect(after(steady(0.4)).retryWaitMs).toBe(50);
});

test("no ping is waited for longer than a quarter of the period, whatever the round trips were", () => {
  for (const samplesMs of [steady(3000), [1500], [...steady(5), 3000]]) {
    expect(after(samplesMs).retryWaitMs).toBeLessThanOrEqual(250);
  }
  expect(after(steady(3000)).estimate?.mean).toBeCloseTo(3000, 6);
});

test("steady round trips make the mean exact and the deviation small", () => {
  const { mean, deviation } = after(steady(120)).estimate ?? { mean: 0, deviation: 999 };
  expect(mean).toBeCloseTo(120, 6);
  expect(deviation).toBeLessThan(0.1);
});

test("a change of the path is followed within some twenty samples", () => {
  const slower = Array.from({ length: 20 }, () => 300);
  expect(after([...steady(100), ...slower]).estimate?.mean).toBeGreaterThan(280);
});

test("a detour that is over is forgotten with the second answer, one odd answer is not believed", () => {
  const detour = [...steady(2), ...Array.from({ length: 10 }, () => 2500)];
  expect(after([...detour, 2]).retryWaitMs).toBe(250);
  expect(after([...detour, 2, 2]).retryWaitMs).toBe(50);
  expect(after([...steady(200), 20]).estimate?.mean).toBeGreaterThan(150);
});

test("round trips that vary lengthen the wait by their deviation", () => {
  const varying = steady(100).map((ms, index) => ms + (index % 2 === 0 ? 50 : -50));
  expect(after(varying).estimate?.deviation).toBeGreaterThan(40);
  expect(after(varying).retryWaitMs).toBeGreaterThan(100 + 2.8 * 40);
});
