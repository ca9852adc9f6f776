import { formatSpan } from "../../../../src/text/quantities.ts";
import { type Bin, binIntervals } from "../../../../src/viewing/interval-bins.ts";
import type { LearnedRhythm } from "../../../../src/viewing/phi-curve.ts";
import { drawBar } from "../../theme/cells.ts";
import type { Line, Theme } from "../../theme/theme.ts";
import { plainLine } from "../fit-line.ts";

const LABEL_CELLS = 9;
const COUNT_CELLS = 5;

/** The intervals between acks as bars, with a mark where the fitted normal would have each bar end. */
export function histogramLines(
  theme: Theme,
  rhythm: LearnedRhythm,
  { cells, rows }: { readonly cells: number; readonly rows: number },
): Line[] {
  const { intervalsMs, meanMs, deviationMs, atFloor } = rhythm;
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
