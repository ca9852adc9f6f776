import { formatCount } from "../../../../src/text/quantities.ts";
import { distinctViews } from "../../../../src/viewing/health.ts";
import type { ViewMatrix } from "../../../../src/viewing/view-matrix.ts";
import type { Line, Tone } from "../../theme/theme.ts";
import { fitSpans, plainLine, wrapText } from "../fit-line.ts";
import { Pane, type ScenePaneProps } from "../pane.tsx";
import {
  hearsLines,
  type LazyLine,
  type MatrixFacts,
  matrixTitle,
  seesLines,
  shapeMatrix,
} from "./matrix-lines.ts";

const NOTES_CELLS_MIN = 26;

/** Who sees what and who hears whom, with what that says in plain words. */
export function ViewsPane({ scene, place, theme }: ScenePaneProps) {
  const { matrix, ui } = scene;
  const room = place.rows - 2;
  const lines = matrix === undefined ? [waiting] : composeLines({ scene, matrix, place, theme });
  const from = Math.max(0, Math.min(ui.viewsFrom, lines.length - room));
  const hidden = lines.length - from - room;
  const distinct = distinctViews(matrix).length;
  const right = `${formatCount(distinct, "distinct view")}${hidden > 0 ? `, ${formatCount(hidden, "line")} below` : ""}`;
  return (
    <Pane
      theme={theme}
      place={place}
      isFocused={ui.focus === "views"}
      title={[
        { text: "who sees what", tone: "strong" },
        { text: "  rows: viewers, columns: subjects" },
      ]}
      lines={lines.slice(from, from + room).map((line) => line())}
      footer={{ right }}
    />
  );
}

function waiting(): Line {
  return plainLine(" asking the peers for their views", "faint");
}

interface ViewsFacts extends ScenePaneProps {
  readonly matrix: ViewMatrix;
}

function composeLines({ scene, matrix, place, theme }: ViewsFacts): LazyLine[] {
  const cells = place.columns - 2;
  const shape = shapeMatrix(matrix, cells);
  // What is shown of a node that does not answer is as old as it was.
  const isLive = scene.state.connection.kind === "live";
  const sinceMs = isLive ? Math.max(0, scene.nowMs - matrix.atMs) : 0;
  const matrices = matrixLines({ theme, matrix, shape, sinceMs });
  const matrixCells = shape.cells + 2;
  const notesCells = cells - matrixCells;
  if (notesCells < NOTES_CELLS_MIN) return [...noteLines(matrix, cells - 4), ...matrices];
  const notes = noteLines(matrix, notesCells - 2);
  const count = Math.max(matrices.length, notes.length);
  return Array.from({ length: count }, (_, at) => () => ({
    spans: [
      ...fitSpans(theme, matrices[at]?.().spans ?? [], matrixCells),
      ...(notes[at]?.().spans ?? []),
    ],
  }));
}

function matrixLines(facts: MatrixFacts): LazyLine[] {
  const { theme, matrix, shape } = facts;
  const title = () => matrixTitle(theme, matrix, shape);
  const caption = matrix.isOfPaths
    ? " reached lately (row reaches column)"
    : " heard lately (row hears column)";
  return [
    title,
    ...seesLines(facts),
    () => plainLine(caption, "strong"),
    title,
    ...hearsLines(facts),
  ];
}

/** What the matrices say; and that they say nothing is said too. */
function noteLines(matrix: ViewMatrix, cells: number): LazyLine[] {
  const lines = (text: string, tone: Tone) =>
    wrapText(text, cells).map((line) => () => plainLine(line, tone));
  if (matrix.findings.length === 0) return lines(tellCalm(matrix), "plain");
  return matrix.findings.flatMap((text) => lines(`! ${text}`, "warning"));
}

function tellCalm(matrix: ViewMatrix): string {
  const count = matrix.rows.length;
  const agreeing = distinctViews(matrix)[0]?.length ?? 0;
  if (agreeing === count) return `all ${count} agree`;
  const fresh = matrix.rows.filter(({ isFresh }) => isFresh).length;
  return `${fresh} of ${count} views are up to date`;
}
