import type { ExplainBody } from "../../../../src/control/api-types.ts";
import type { Millis } from "../../../../src/core/member.ts";
import { deviationsAt, minusLog10UpperTail } from "../../../../src/core/primitives/normal-tail.ts";
import { formatPhi, formatSpan } from "../../../../src/text/quantities.ts";
import type { Line, Span, Theme } from "../../theme/theme.ts";

/** Phi as a function of silence, as the node's detector would have it at this moment. */
export interface PhiCurve {
  readonly phiSuspect: number;
  readonly silenceMsMax: Millis;
  readonly phiMax: number;
  /** Phi of `columns` silences from 0 to `silenceMsMax`. */
  readonly phis: readonly number[];
  readonly now: { readonly silenceMs: Millis; readonly phi: number };
  /** The silence at which phi reaches `phiSuspect`. */
  readonly suspectAtMs: Millis;
}

const PHI_SPAN = 2;
const BEYOND = 1.25;

/** Undefined where the attached node keeps no detector for the member. */
export function phiCurve(
  { detector, phi, lastHeardMs }: ExplainBody,
  columns: number,
): PhiCurve | undefined {
  if (detector === null || phi === null || lastHeardMs === null) return undefined;
  const { meanMs, deviationMs, phiSuspect } = detector;
  const phiMax = phiSuspect * PHI_SPAN;
  const suspectAtMs = meanMs + deviationsAt(phiSuspect) * deviationMs;
  const topAtMs = meanMs + deviationsAt(phiMax) * deviationMs;
  const silenceMsMax = Math.max(topAtMs, suspectAtMs * BEYOND);
  const phis = Array.from({ length: columns }, (_, at) =>
    minusLog10UpperTail(((at / Math.max(1, columns - 1)) * silenceMsMax - meanMs) / deviationMs),
  );
  const now = { silenceMs: lastHeardMs, phi };
  return { phiSuspect, silenceMsMax, phiMax, phis, now, suspectAtMs };
}

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
  const { phis, phiMax, phiSuspect, now } = curve;
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
  const nowColumn = columnOf(curve, now.silenceMs);
  put(Math.round(rowOf(now.phi)), nowColumn, theme.glyphs.now, "warning");
  return grid.map(joinCells);
}

/** Which mark is now, and when it is suspected: the moment is told as well where there is room. */
function axisLine(theme: Theme, { now, suspectAtMs, phiSuspect, phis }: PhiCurve): Line {
  const leftMs = suspectAtMs - now.silenceMs;
  const at = formatSpan(suspectAtMs);
  const when =
    leftMs > 0 ? `suspected in ${formatSpan(leftMs)}` : `over ${phiSuspect} since ${at} of silence`;
  const moment = leftMs > 0 && phis.length >= WIDE_COLUMNS_MIN ? ` (at ${at} of silence)` : "";
  return {
    spans: [
      { text: " ".repeat(AXIS_CELLS - 1) },
      { text: `${theme.glyphs.now} now ${formatSpan(now.silenceMs)}`, tone: "warning" },
      { text: ` ${theme.glyphs.phi} ${formatPhi(now.phi)}`, tone: "strong" },
      { text: `  ${when}${moment}` },
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
