import { safeText } from "../../../src/text/safe-text.ts";
import { cellsOf, cut } from "../theme/cells.ts";
import { type Line, paintLine, type Span, spell, type Theme } from "../theme/theme.ts";

/** The spans in exactly `cells` cells: cleaned of what could act on a terminal, cut with a mark, or filled up with blanks. */
export function fitSpans(theme: Theme, spans: readonly Span[], cells: number): Span[] {
  const fitted: Span[] = [];
  let left = cells;
  for (const [at, span] of spans.entries()) {
    const text = spell(theme, safeText(span.text));
    const wide = cellsOf(text);
    if (wide > left || (wide === left && hasMore(spans, at))) {
      const shown = cut(`${text}${hasMore(spans, at) ? " " : ""}`, left, theme.glyphs.cut);
      fitted.push({ ...span, text: shown });
      left -= cellsOf(shown);
      break;
    }
    fitted.push({ ...span, text });
    left -= wide;
  }
  if (left > 0) fitted.push({ text: " ".repeat(left) });
  return fitted;
}

/** The line painted, in exactly `cells` cells. */
export function drawLine(theme: Theme, line: Line, cells: number): string {
  return paintLine(theme, { ...line, spans: fitSpans(theme, line.spans, cells) });
}

function hasMore(spans: readonly Span[], at: number): boolean {
  return spans.slice(at + 1).some(({ text }) => text.trim() !== "");
}

/** `text` as a line of its own. */
export function plainLine(text: string, tone: Span["tone"] = "plain"): Line {
  return { spans: [{ text, tone }] };
}

/** The text broken at blanks into lines of at most `cells` cells. */
export function wrapText(text: string, cells: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (line !== "" && cellsOf(joined) > cells) {
      lines.push(line);
      line = `  ${word}`;
    } else line = joined;
  }
  return line === "" ? lines : [...lines, line];
}
