import stringWidth from "string-width";
import type { Theme } from "./theme.ts";

/** Characters of our own pictures, known to take one cell: the library would look each of them up in its tables. */
const ONE_CELL_EACH =
  /^[\x20-\x7e\u00b0\u00b1\u00b7\u00d7\u0370-\u03ff\u2013\u2014\u2026\u2190-\u2193\u2206\u2264\u2265\u2500-\u25ff\u2713\u2717]*$/;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** How many cells of a terminal the text takes: wide characters take two, combining ones none. */
export function cellsOf(text: string): number {
  return ONE_CELL_EACH.test(text) ? text.length : stringWidth(text);
}

/** The text in at most `cells` cells; what is cut off leaves `mark` as the last character. */
export function cut(text: string, cells: number, mark: string): string {
  if (cellsOf(text) <= cells) return text;
  const room = cells - cellsOf(mark);
  if (room < 0) return "";
  let kept = "";
  let taken = 0;
  for (const { segment } of graphemes.segment(text)) {
    const wide = cellsOf(segment);
    if (taken + wide > room) break;
    kept += segment;
    taken += wide;
  }
  return kept + mark;
}

/** The text in exactly `cells` cells. */
export function fitCells(
  text: string,
  cells: number,
  mark: string,
  align: "left" | "right" = "left",
) {
  const shown = cut(text, cells, mark);
  const gap = " ".repeat(Math.max(0, cells - cellsOf(shown)));
  return align === "right" ? gap + shown : shown + gap;
}

/** A bar of `cells` cells, `share` of it filled, in eighths of a cell where the alphabet has them; over 1 it ends in a mark. */
export function drawBar(theme: Theme, share: number, cells: number): string {
  const { bar, over } = theme.glyphs;
  const full = bar.at(-1) ?? "";
  if (share > 1) return full.repeat(cells - 1) + over;
  const parts = Math.round(Math.max(0, share) * cells * bar.length);
  const whole = Math.floor(parts / bar.length);
  const rest = parts % bar.length;
  return (full.repeat(whole) + (rest === 0 ? "" : (bar[rest - 1] ?? ""))).padEnd(cells);
}

/** One character a value, `top` and above being the highest; null values are blank. */
export function drawSpark(theme: Theme, values: readonly (number | null)[], top: number): string {
  const { spark } = theme.glyphs;
  return values
    .map((value) => {
      if (value === null) return " ";
      const step = Math.floor(Math.min(1, Math.max(0, value / top)) * spark.length);
      return spark[Math.min(spark.length - 1, step)] ?? " ";
    })
    .join("");
}
