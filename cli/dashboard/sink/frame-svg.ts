import { escapeMarkup } from "../../../src/text/markup.ts";
import type { ScreenSize } from "../model/layout.ts";
import { cellsOf } from "../theme/cells.ts";

const FONT_PX = 14;
/** The cell of a common monospaced font at that size; lines of frames meet without gaps. */
const CELL = { width: 8.43, height: 16.2 };
const MARGIN = 10;
const BACKGROUND = "#101418";
const TEXT = "#d5d9de";
const COLORS: Readonly<Record<number, string>> = {
  33: "#e3b341",
  35: "#d67ad2",
  36: "#56b6c2",
  90: "#7d8590",
};

/** A frame as a picture: every run of text at its cells, with the dashboard's own colours. */
export function frameSvg(lines: readonly string[], { columns, rows }: ScreenSize): string {
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = Math.ceil(rows * CELL.height + 2 * MARGIN);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    "<title>The dashboard of hearsay</title>",
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_PX}" xml:space="preserve">`,
    ...lines.flatMap(drawRow),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function drawRow(line: string, row: number): string[] {
  const drawn: string[] = [];
  let column = 0;
  for (const { text, look } of ansiRuns(line)) {
    const cells = cellsOf(text);
    if (look.inverse) drawn.push(drawBackground(column, row, cells, look));
    // Blanks need no ink, and a run of its own places what follows.
    for (const match of text.matchAll(/\S+(?: \S+)*/gu)) {
      drawn.push(drawText(match[0], column + cellsOf(text.slice(0, match.index)), row, look));
    }
    column += cells;
  }
  return drawn;
}

function drawText(text: string, column: number, row: number, look: CellLook): string {
  const x = (MARGIN + column * CELL.width).toFixed(1);
  const y = (MARGIN + row * CELL.height + FONT_PX * 0.93).toFixed(1);
  const long = (cellsOf(text) * CELL.width).toFixed(1);
  const bold = look.bold ? ' font-weight="bold"' : "";
  const fill = look.inverse ? BACKGROUND : colorOf(look);
  return `<text x="${x}" y="${y}" textLength="${long}" lengthAdjust="spacingAndGlyphs" fill="${fill}"${bold}>${escapeMarkup(text)}</text>`;
}

function drawBackground(column: number, row: number, cells: number, look: CellLook): string {
  const x = (MARGIN + column * CELL.width).toFixed(1);
  const y = (MARGIN + row * CELL.height).toFixed(1);
  const width = (cells * CELL.width + 0.2).toFixed(1);
  return `<rect x="${x}" y="${y}" width="${width}" height="${CELL.height}" fill="${colorOf(look)}"/>`;
}

function colorOf({ color, dim }: CellLook): string {
  if (color !== undefined) return COLORS[color] ?? TEXT;
  return dim ? "#7d8590" : TEXT;
}

/** Text of one look. */
export interface Run {
  readonly text: string;
  readonly look: CellLook;
}

export interface CellLook {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  /** Number of the colour as in its escape sequence (`36` is cyan); undefined for the terminal's own. */
  readonly color: number | undefined;
}

const PLAIN: CellLook = { bold: false, dim: false, inverse: false, color: undefined };
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const SGR = /\x1b\[([0-9;]*)m/;

/** A line with our own escape sequences as runs of text. */
export function ansiRuns(line: string): Run[] {
  const runs: Run[] = [];
  let look = PLAIN;
  // Splitting by a pattern with a group leaves text and codes in turn.
  for (const [at, piece] of line.split(SGR).entries()) {
    if (at % 2 === 1) look = piece.split(";").map(Number).reduce(applyCode, look);
    else if (piece !== "") runs.push({ text: piece, look });
  }
  return runs;
}

function applyCode(look: CellLook, code: number): CellLook {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 22) return { ...look, bold: false, dim: false };
  if (code === 7) return { ...look, inverse: true };
  if (code === 27) return { ...look, inverse: false };
  if (code === 39) return { ...look, color: undefined };
  return (code >= 30 && code <= 37) || (code >= 90 && code <= 97) ? { ...look, color: code } : look;
}
