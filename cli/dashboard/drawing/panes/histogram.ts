import type { ExplainBody } from "../../../../src/control/api-types.ts";
import type { Millis } from "../../../../src/core/member.ts";
import { formatSpan } from "../../../../src/text/quantities.ts";
import { drawBar } from "../../theme/cells.ts";
import type { Line, Theme } from "../../theme/theme.ts";
import { plainLine } from "../fit-line.ts";

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

const LABEL_CELLS = 9;
const COUNT_CELLS = 5;

/** The intervals between acks as bars, with a mark where the fitted normal would have each bar end. */
export function histogramLines(
  theme: Theme,
  detector: NonNullable<ExplainBody["detector"]>,
  { cells, rows }: { readonly cells: number; readonly rows: number },
): Line[] {
  const { intervalsMs, meanMs, deviationMs, atFloor } = detector;
  const floor = atFloor ? " (floor)" : "";
  const title =
    ` ${intervalsMs.length} intervals: mean ${formatSpan(meanMs)} ` +
    `sd ${formatSpan(deviationMs)}${floor}; ${theme.ascii ? "!" : "┊"} normal`;
  const bins = binIntervals(intervalsMs, { meanMs, deviationMs }, Math.max(3, rows - 1));
  const most = Math.max(1, ...bins.map(({ count, expected }) => Math.max(count, expected)));
  const barCells = Math.max(4, cells - LABEL_CELLS - COUNT_CELLS - 3);
  const lines = bins.map((bin): Line => {
    const bar = drawBar(theme, bin.count / most, barCells);
    const mark = Math.min(barCells - 1, Math.round((bin.expected / most) * barCells));
    const overlaid = `${bar.slice(0, mark)}${theme.ascii ? "!" : "┊"}${bar.slice(mark + 1)}`;
    return {
      spans: [
        { text: `${labelOf(bin).padStart(LABEL_CELLS)} `, tone: "faint" },
        { text: overlaid, tone: "alive" },
        { text: String(bin.count).padStart(COUNT_CELLS) },
      ],
    };
  });
  return [plainLine(title), ...lines];
}

function labelOf({ fromMs, untilMs }: Bin): string {
  if (fromMs === null) return `< ${formatSpan(untilMs ?? 0)}`;
  return untilMs === null ? `> ${formatSpan(fromMs)}` : formatSpan(fromMs);
}
