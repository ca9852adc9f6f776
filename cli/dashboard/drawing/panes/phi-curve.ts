import { formatPhi, formatSpan } from "../../../../src/text/quantities.ts";
import type { PhiCurve } from "../../../../src/viewing/phi-curve.ts";
import type { Line, Span, Theme } from "../../theme/theme.ts";

const AXIS_CELLS = 6;
const WIDE_COLUMNS_MIN = 54;

/** Columns that the curve itself has in a picture of `cells` cells. */
export function curveColumns(cells: number): number {
  return Math.max(1, cells - AXIS_CELLS - 1);
}

/** Phi against silence: the curve, the level of suspicion, where the silence stands now, and when it would be suspected. */
export function curveLines(theme: Theme, curve: PhiCurve, rows: number): Line[] {
  const grid = drawGrid(theme, curve, rows);
  const step = curve.phiMax / (rows - 1);
  const lines = grid.map((spans, row): Line => {
    const value = curve.phiMax - row * step;
    const label = `${Math.round(value)} ${theme.glyphs.curve.axis}`.padStart(AXIS_CELLS);
    return { spans: [{ text: label, tone: "faint" }, ...spans] };
  });
  return [...lines, axisLine(theme, curve)];
}

type Cell = { text: string; tone: Span["tone"] };

function drawGrid(theme: Theme, curve: PhiCurve, rows: number): Span[][] {
  const { phis, phiMax, phiSuspect, mark } = curve;
  const rowOf = (phi: number) => (rows - 1) * (1 - Math.min(phi, phiMax) / phiMax);
  const grid = Array.from({ length: rows }, (): Cell[] =>
    phis.map(() => ({ text: " ", tone: "plain" })),
  );
  const put = (row: number, column: number, text: string, tone: Span["tone"]) => {
    const line = grid[row];
    if (line?.[column] !== undefined) line[column] = { text, tone };
  };
  for (let column = 0; column < phis.length; column++) {
    put(Math.round(rowOf(phiSuspect)), column, theme.glyphs.curve.dash, "faint");
  }
  let before = Math.round(rowOf(phis[0] ?? 0));
  for (const [column, phi] of phis.entries()) {
    if (phi > phiMax) break;
    const row = Math.round(rowOf(phi));
    // Where the curve rises by several rows in one column, the rows between are filled.
    for (let filled = row; filled <= Math.max(row, before - 1); filled++) {
      put(filled, column, theme.glyphs.curve.flat, phi >= phiSuspect ? "dead" : "alive");
    }
    before = row;
  }
  const column = columnOf(curve, mark.silenceMs);
  const sign = mark.isVerdict ? theme.glyphs.dead : theme.glyphs.now;
  put(Math.round(rowOf(mark.phi)), column, sign, mark.isVerdict ? "dead" : "warning");
  return grid.map(joinCells);
}

/** What the mark is, and when silence alone makes it suspect: the moment is told as well where there is room. */
function axisLine(theme: Theme, { mark, suspectAtMs, phiSuspect, phis }: PhiCurve): Line {
  const silence = formatSpan(mark.silenceMs);
  const leftMs = suspectAtMs - mark.silenceMs;
  const at = formatSpan(suspectAtMs);
  const isEarly = leftMs > 0;
  const moment = isEarly && phis.length >= WIDE_COLUMNS_MIN ? ` (at ${at} of silence)` : "";
  const when = isEarly
    ? `suspected in ${formatSpan(leftMs)}${moment}`
    : `over ${phiSuspect} since ${at} of silence`;
  const { dead, now, phi } = theme.glyphs;
  const [what, then] = mark.isVerdict
    ? [`${dead} at ${silence}`, `by silence ${at}`]
    : [`${now} now ${silence}`, when];
  return {
    spans: [
      { text: " ".repeat(AXIS_CELLS - 1) },
      { text: what, tone: mark.isVerdict ? "dead" : "warning" },
      { text: ` ${phi} ${formatPhi(mark.phi)}`, tone: "strong" },
      { text: `  ${then}` },
    ],
  };
}

function columnOf({ phis, silenceMsMax }: PhiCurve, silenceMs: number): number {
  const share = Math.min(1, silenceMs / silenceMsMax);
  return Math.min(phis.length - 1, Math.round(share * (phis.length - 1)));
}

/** Neighbours of one tone as one span. */
function joinCells(cells: readonly Cell[]): Span[] {
  const spans: Cell[] = [];
  for (const cell of cells) {
    const last = spans.at(-1);
    if (last !== undefined && last.tone === cell.tone) last.text += cell.text;
    else spans.push({ ...cell });
  }
  return spans as Span[];
}
