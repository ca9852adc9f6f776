import { stripVTControlCharacters } from "node:util";
import { safeLine } from "./safe-text.ts";

/** One column of a table: its title, or that of one whose cells stand at its right edge. */
export type Column = string | { readonly right: string };

/** A column of figures. */
export function right(title: string): Column {
  return { right: title };
}

/**
 * Lines of a table whose columns are as wide as their widest cell, two spaces apart. Cells may be painted; a column
 * without a title and without content takes no room.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const safe = rows.map((row) => row.map(safeCell));
  const titles = columns.map((column) => (typeof column === "string" ? column : column.right));
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...safe.map((row) => visibleWidth(row[at] ?? ""))),
  );
  return [titles, ...safe].map((row) =>
    columns
      .map((column, at) => padCell(row[at] ?? "", widths[at] ?? 0, typeof column !== "string"))
      .filter((_, at) => widths[at] !== 0)
      .join("  ")
      .trimEnd(),
  );
}

/** A cell is one line, and made safe before it is measured. */
function safeCell(text: string): string {
  return safeLine(text, { color: true, ascii: false });
}

/** Cells that a text takes on a terminal, its colours left out. */
export function visibleWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

function padCell(text: string, width: number, isRight: boolean): string {
  const gap = " ".repeat(Math.max(0, width - visibleWidth(text)));
  return isRight ? gap + text : text + gap;
}
