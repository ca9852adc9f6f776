import type { Millis } from "../../../core/member.ts";

/** Time on a line of so many units: cells of a terminal, or pixels. */
export interface TimeScale {
  readonly units: number;
  readonly msPerUnit: Millis;
  readonly ticks: readonly { readonly atMs: Millis; readonly text: string }[];
}

const STEPS = [1, 2, 5, 10];

/** The whole run from 0, with ticks at round times at least `unitsPerTick` apart. */
export function timeScale(durationMs: Millis, units: number, unitsPerTick: number): TimeScale {
  const spanMs = Math.max(1, durationMs);
  const msPerUnit = spanMs / units;
  const stepMs = roundUp(msPerUnit * unitsPerTick);
  const count = Math.floor(spanMs / stepMs) + 1;
  const ticks = Array.from({ length: count }, (_, at) => at * stepMs).map((atMs) => ({
    atMs,
    text: `${Number((atMs / 1000).toFixed(3))}s`,
  }));
  return { units, msPerUnit, ticks };
}

/** The next of 1, 2, 5, 10, 20 … */
function roundUp(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms));
  return (STEPS.find((step) => step * power >= ms - 1e-9) ?? 10) * power;
}
