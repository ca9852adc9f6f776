import type { Millis } from "../core/member.ts";

/** The intervals in one range, and how many the fitted normal would put there. */
export interface Bin {
  /** Null: everything below `untilMs`. */
  readonly fromMs: Millis | null;
  /** Null: everything from `fromMs` on. */
  readonly untilMs: Millis | null;
  readonly count: number;
  readonly expected: number;
}

export interface FittedNormal {
  readonly meanMs: Millis;
  readonly deviationMs: Millis;
}

/** `count` ranges: equal steps over mean ± 3 deviations, the first and the last open at their ends. */
export function binIntervals(
  intervalsMs: readonly Millis[],
  { meanMs, deviationMs }: FittedNormal,
  count: number,
): Bin[] {
  const stepMs = (6 * deviationMs) / count;
  const edges = Array.from(
    { length: count - 1 },
    (_, at) => meanMs - 3 * deviationMs + (at + 1) * stepMs,
  );
  return Array.from({ length: count }, (_, at) => {
    const fromMs = edges[at - 1] ?? null;
    const untilMs = edges[at] ?? null;
    const inside = intervalsMs.filter(
      (interval) =>
        (fromMs === null || interval >= fromMs) && (untilMs === null || interval < untilMs),
    );
    const below = (edge: Millis | null, fallback: number) =>
      edge === null ? fallback : lowerTail((edge - meanMs) / deviationMs);
    const share = below(untilMs, 1) - below(fromMs, 0);
    return { fromMs, untilMs, count: inside.length, expected: share * intervalsMs.length };
  });
}

/** P(Z < z) of the standard normal, to 1e-7: Abramowitz and Stegun 26.2.17. Enough for a picture. */
function lowerTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const polynomial =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
  return z >= 0 ? 1 - upper : upper;
}
