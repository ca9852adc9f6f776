import { formatSpan } from "../../../../src/text/quantities.ts";
import type { SeenState, ViewerRow, ViewMatrix } from "../../../../src/viewing/view-matrix.ts";
import { cellsOf, fitCells } from "../../theme/cells.ts";
import type { Line, Span, Theme } from "../../theme/theme.ts";

const NAME_CELLS_MAX = 18;
const COLUMN_NAME_MAX = 4;
const AGE_CELLS = 9;
const DIGEST_CELLS = 5;
const CAPTION_CELLS = 44;

export interface MatrixShape {
  /** Indexes of the members that have a column. */
  readonly columns: readonly number[];
  readonly nameCells: number;
  readonly cellCells: number;
  /** What the matrices take in all. */
  readonly cells: number;
  /** Long names do not fit over a column: rows and columns go by number. */
  readonly isNumbered: boolean;
}

/** How wide the matrices are in `cells` cells; members that are alive for all give way where not all have room. */
export function shapeMatrix(matrix: ViewMatrix, cells: number): MatrixShape {
  const longest = Math.max(2, ...matrix.subjects.map(cellsOf));
  const isNumbered = longest > COLUMN_NAME_MAX;
  const digits = String(matrix.subjects.length).length;
  const cellCells = (isNumbered ? Math.max(2, digits) : longest) + 1;
  const label = Math.min(NAME_CELLS_MAX, longest + (isNumbered ? digits + 1 : 0)) + 5;
  const fitting = Math.max(
    1,
    Math.floor((cells - label - AGE_CELLS - DIGEST_CELLS - 2) / cellCells),
  );
  const all = matrix.subjects.map((_, at) => at);
  const calm = all.filter((at) => !matrix.ofInterest[at]);
  const columns = [...all.filter((at) => matrix.ofInterest[at]), ...calm]
    .slice(0, fitting)
    .sort((a, b) => a - b);
  const taken = label + columns.length * cellCells + AGE_CELLS + DIGEST_CELLS;
  return {
    columns,
    nameCells: label,
    cellCells,
    cells: Math.max(taken, CAPTION_CELLS),
    isNumbered,
  };
}

/** The names (or numbers) over the columns. */
export function matrixTitle(theme: Theme, matrix: ViewMatrix, shape: MatrixShape): Line {
  const names = shape.columns.map((at) => {
    const text = shape.isNumbered ? String(at + 1) : (matrix.subjects[at] ?? "");
    return fitCells(text, shape.cellCells, theme.glyphs.cut);
  });
  const left = matrix.subjects.length - shape.columns.length;
  const more = left > 0 ? ` +${left} more` : "";
  return {
    spans: [{ text: " ".repeat(shape.nameCells) }, { text: names.join("") + more, tone: "strong" }],
  };
}

/** A line that is worked out only if it can be seen: a matrix has twice as many as there are members. */
export type LazyLine = () => Line;

export interface MatrixFacts {
  readonly theme: Theme;
  readonly matrix: ViewMatrix;
  readonly shape: MatrixShape;
  /** Since the views were read. */
  readonly sinceMs: number;
}

/** What each viewer believes. Whose view is not of now keeps its last one, greyed, with its age. */
export function seesLines({ theme, matrix, shape, sinceMs }: MatrixFacts): LazyLine[] {
  return matrix.rows.map((row, at) => () => {
    const isOld = !row.isFresh || isOutdated(row, matrix, sinceMs);
    const cells = shape.columns.map((column): Span => {
      const state = row.states[column] ?? "unknown";
      const shown = isShown(state) ? state : "nothing";
      const glyph = state === "unknown" ? theme.glyphs.unheard : theme.glyphs[shown];
      const tone = isOld || shown === "nothing" ? "faint" : shown;
      return { text: fitCells(glyph, shape.cellCells, ""), tone };
    });
    const digest = row.digest?.slice(0, 4) ?? "";
    const ends = [ageOf(row, sinceMs), digest].map((text): Span => ({ text, tone: "faint" }));
    return { spans: [label(theme, row, at, shape), ...cells, ...ends] };
  });
}

/** Who hears whom. It counts datagrams, not acks: an ack needs both directions, so acks cannot show a one-way loss. */
export function hearsLines({ theme, matrix, shape }: MatrixFacts): LazyLine[] {
  const { nothing, heard, notHeard, unheard } = theme.glyphs;
  const looks = {
    self: { glyph: nothing, tone: "faint" },
    heard: { glyph: heard, tone: "alive" },
    "heard-in-part": { glyph: theme.glyphs.suspect, tone: "suspect" },
    "not-heard": { glyph: notHeard, tone: "dead" },
    unknown: { glyph: unheard, tone: "faint" },
  } as const;
  return matrix.rows.map((row, at) => () => ({
    spans: [
      label(theme, row, at, shape),
      ...shape.columns.map((column): Span => {
        const { glyph, tone } = looks[row.hearings[column] ?? "unknown"];
        return { text: fitCells(glyph, shape.cellCells, ""), tone };
      }),
    ],
  }));
}

function isShown(state: SeenState): state is "alive" | "suspect" | "dead" | "left" {
  return state !== "unlisted" && state !== "unknown" && state !== "forgotten";
}

/** No newer views were read since. */
function isOutdated(
  { isSelf, ageMs }: ViewerRow,
  { freshMs }: ViewMatrix,
  sinceMs: number,
): boolean {
  return !isSelf && (ageMs ?? 0) + sinceMs > freshMs;
}

function label(
  theme: Theme,
  row: ViewerRow,
  at: number,
  { nameCells, isNumbered }: MatrixShape,
): Span {
  const number = isNumbered ? `${at + 1} ` : "";
  const self = row.isSelf ? "*" : " ";
  const text = ` ${self}${number}${row.viewer}`;
  return {
    text: fitCells(text, nameCells - 1, theme.glyphs.cut).concat(" "),
    tone: row.isSelf ? "strong" : "plain",
  };
}

function ageOf(row: ViewerRow, sinceMs: number): string {
  if (row.isSelf) return "now".padEnd(AGE_CELLS);
  if (row.ageMs === null) return "no view".padEnd(AGE_CELLS);
  const mark = row.isReachable ? "" : "?";
  return `${formatSpan(row.ageMs + sinceMs)}${mark}`.padEnd(AGE_CELLS);
}
