import type { PanePlace } from "../model/layout.ts";
import type { Scene } from "../model/scene.ts";
import { cellsOf } from "../theme/cells.ts";
import { type Line, paintLine, type Span, type Theme } from "../theme/theme.ts";
import { drawLine, fitSpans } from "./fit-line.ts";
import { PaintedLines } from "./line-stand-ins.tsx";

/** What every pane is drawn from. */
export interface ScenePaneProps {
  readonly scene: Scene;
  readonly place: PanePlace;
  readonly theme: Theme;
}

export interface PaneProps {
  readonly theme: Theme;
  readonly place: Pick<PanePlace, "columns" | "rows">;
  readonly title: readonly Span[];
  readonly lines: readonly Line[];
  readonly isFocused: boolean;
  /** In the lower border: what was answered to a key, and where in a longer list this is. */
  readonly footer?: { readonly left?: readonly Span[]; readonly right?: string };
}

/** A frame with its title in the border, and as many lines as fit. */
export function Pane({ theme, place, title, lines, isFocused, footer = {} }: PaneProps) {
  const { columns, rows } = place;
  const { vertical, corners } = theme.glyphs.frame;
  const tone = isFocused ? "title" : "faint";
  const side = paintLine(theme, { spans: [{ text: vertical, tone }] });
  const inner = Array.from({ length: Math.max(0, rows - 2) }, (_, at) => {
    const line = lines[at] ?? { spans: [] };
    return side + drawLine(theme, line, columns - 2) + side;
  });
  const top = drawBorder(theme, { columns, tone, left: title, ends: [corners[0], corners[1]] });
  const bottom = drawBorder(theme, {
    columns,
    tone,
    left: footer.left ?? [],
    right: footer.right ?? "",
    ends: [corners[2], corners[3]],
  });
  return <PaintedLines columns={columns} lines={[top, ...inner, bottom].slice(0, rows)} />;
}

interface Border {
  readonly columns: number;
  readonly tone: Span["tone"];
  readonly left: readonly Span[];
  readonly right?: string;
  readonly ends: readonly [string, string];
}

function drawBorder(theme: Theme, { columns, tone, left, right = "", ends }: Border): string {
  const { horizontal } = theme.glyphs.frame;
  const room = columns - 2;
  const tail: Span[] = right === "" ? [] : [{ text: ` ${right} `, tone: "faint" }];
  const tailCells = right === "" ? 0 : cellsOf(right) + 2;
  const head = left.length === 0 ? [] : [{ text: " " }, ...left, { text: " " }];
  const headCells = Math.min(
    head.reduce((sum, { text }) => sum + cellsOf(text), 0),
    room - tailCells - 2,
  );
  const line = { text: horizontal.repeat(Math.max(0, room - headCells - tailCells - 1)), tone };
  return paintLine(theme, {
    spans: [
      { text: ends[0] + horizontal, tone },
      ...(headCells > 0 ? fitSpans(theme, head, headCells) : []),
      line,
      ...tail,
      { text: ends[1], tone },
    ],
  });
}
