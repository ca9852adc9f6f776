import { expect, test } from "vitest";
import { chance, jitter, sample, seededRng } from "../../../src/core/primitives/rng.ts";

const SEED = [1, 2, 3, 4] as const;

function draws(seed: readonly [number, number, number, number], count: number): number[] {
  const rng = seededRng(seed);
  return Array.from({ length: count }, () => rng.next());
}

test("equal seeds give equal streams, and a change of any of the four numbers another one", () => {
  expect(draws(SEED, 20)).toEqual(draws(SEED, 20));
  for (const at of [0, 1, 2, 3]) {
    const other: [number, number, number, number] = [...SEED];
    other[at] = 99;
    expect(draws(other, 5)).not.toEqual(draws(SEED, 5));
  }
});

test("draws are uniform in [0, 1)", () => {
  const bins: number[] = new Array(10).fill(0);
  for (const draw of draws(SEED, 20_000)) {
    const bin = Math.floor(draw * 10);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  expect(bins).toHaveLength(10);
  for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(200);
});

test("jitter stays within its share of the base, on both sides", () => {
  const rng = seededRng(SEED);
  const values = Array.from({ length: 2000 }, () => jitter(rng, 1000, 0.1));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(900);
  expect(Math.min(...values)).toBeLessThan(910);
  expect(Math.max(...values)).toBeLessThanOrEqual(1100);
  expect(Math.max(...values)).toBeGreaterThan(1090);
});

test("a chance of 0 never happens, one of 1 always, one of a quarter a quarter of the time", () => {
  const rng = seededRng(SEED);
  const happened = (probability: number) =>
    Array.from({ length: 4000 }, () => chance(rng, probability)).filter(Boolean).length;
  expect(happened(0)).toBe(0);
  expect(happened(1)).toBe(4000);
  expect(Math.abs(happened(0.25) - 1000)).toBeLessThan(120);
});

test("a sample has distinct items, no more than there are, and leaves the list as it was", () => {
  const items = ["a", "b", "c", "d"];
  const rng = seededRng(SEED);
  for (let i = 0; i < 50; i++) expect(new Set(sample(rng, items, 3)).size).toBe(3);
  expect(sample(rng, items, 9).sort()).toEqual(items);
  expect(sample(rng, [], 3)).toEqual([]);
  expect(items).toEqual(["a", "b", "c", "d"]);
});

test("every item is as likely to be in a sample as any other", () => {
  const rng = seededRng(SEED);
  const items = ["a", "b", "c", "d"];
  const picks = Array.from({ length: 4000 }, () => sample(rng, items, 2)).flat();
  for (const item of items) {
    const count = picks.filter((pick) => pick === item).length;
    expect(Math.abs(count - 2000)).toBeLessThan(150);
  }
});
