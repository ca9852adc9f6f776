import { expect, test } from "vitest";
import { seededRng } from "../../src/core/primitives/rng.ts";
import {
  drawDelayMs,
  drawLinkFactor,
  type LinkDelay,
  NETWORKS,
} from "../../src/sim/network-model.ts";

const DRAWS = 20_000;

function delays(delay: LinkDelay): number[] {
  const rng = seededRng([5, 6, 7, 8]);
  return Array.from({ length: DRAWS }, () => drawDelayMs(delay, 1, rng)).sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], at: number) => sorted[Math.floor(at * DRAWS)] ?? 0;

test("a LAN takes about a millisecond, seldom three", () => {
  const drawn = delays(NETWORKS.lan.delay);
  expect(quantile(drawn, 0.5)).toBeCloseTo(1, 1);
  expect(quantile(drawn, 0.99)).toBeLessThan(3);
  expect(drawn[0]).toBeGreaterThan(0.3);
});

test("a WAN takes 40 ms, and now and then a spike", () => {
  const drawn = delays(NETWORKS.wan.delay);
  expect(quantile(drawn, 0.5)).toBeCloseTo(40, 0);
  const spikes = drawn.filter((delayMs) => delayMs > 120).length;
  expect(spikes).toBeGreaterThan(0.003 * DRAWS);
  expect(spikes).toBeLessThan(0.02 * DRAWS);
});

test("a log-normal jitter is as often a factor above its median as below", () => {
  const drawn = delays({ latencyMs: 0, jitterMs: 10, jitterSigma: 0.5 });
  const above = quantile(drawn, 0.9) / 10;
  const below = 10 / quantile(drawn, 0.1);
  expect(above).toBeCloseTo(Math.exp(0.5 * 1.2816), 1);
  expect(above / below).toBeCloseTo(1, 1);
});

test("the factors of links lie between the spread and its inverse, half of them below one", () => {
  const rng = seededRng([1, 1, 1, 1]);
  const factors = Array.from({ length: 2_000 }, () => drawLinkFactor(12, rng));
  expect(Math.min(...factors)).toBeGreaterThanOrEqual(1 / 12);
  expect(Math.max(...factors)).toBeLessThanOrEqual(12);
  const below = factors.filter((factor) => factor < 1).length;
  expect(below / factors.length).toBeCloseTo(0.5, 1);
});
