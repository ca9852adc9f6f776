import { formatCount } from "../../../../src/text/quantities.ts";
import { distinctViews } from "../../model/header.ts";
import type { PanePlace } from "../../model/layout.ts";
import type { Scene } from "../../model/scene.ts";
import type { Line, Theme, Tone } from "../../theme/theme.ts";
import type { Sight } from "../../view-matrix/view-matrix.ts";
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
  const { sight, ui } = scene;
  const room = place.rows - 2;
  const lines = sight === undefined ? [waiting] : composeLines({ scene, sight, place, theme });
  const from = Math.max(0, Math.min(ui.viewsFrom, lines.length - room));
  const hidden = lines.length - from - room;
  const distinct = distinctViews(sight).length;
  const right = `${formatCount(distinct, "distinct view")}${hidden > 0 ? `, ${formatCount(hidden, "line")} below` : ""}`;
  return (
    <Pane
      theme={theme}
      place={place}
      isFocused={ui.focus === "views"}
      title={[
        { text: "who sees what", tone: "strong" },
        { text: "  rows look, columns are looked at" },
      ]}
      lines={lines.slice(from, from + room).map((line) => line())}
      footer={{ right }}
    />
  );
}

function waiting(): Line {
  return plainLine(" asking the peers for their views", "faint");
}

interface ViewsFacts {
  readonly scene: Scene;
  readonly sight: Sight;
  readonly place: PanePlace;
  readonly theme: Theme;
}

function composeLines({ scene, sight, place, theme }: ViewsFacts): LazyLine[] {
  const cells = place.columns - 2;
  const shape = shapeMatrix(sight, cells);
  // What is shown of a node that does not answer is as old as it was.
  const isLive = scene.picture.connection.kind === "live";
  const sinceMs = isLive ? Math.max(0, scene.nowMs - sight.atMs) : 0;
  const matrices = matrixLines({ theme, sight, shape, sinceMs });
  const matrixCells = shape.cells + 2;
  const notesCells = cells - matrixCells;
  if (notesCells < NOTES_CELLS_MIN) return [...noteLines(sight, cells - 4), ...matrices];
  const notes = noteLines(sight, notesCells - 2);
  const count = Math.max(matrices.length, notes.length);
  return Array.from({ length: count }, (_, at) => () => ({
    spans: [
      ...fitSpans(theme, matrices[at]?.().spans ?? [], matrixCells),
      ...(notes[at]?.().spans ?? []),
    ],
  }));
}

function matrixLines(facts: MatrixFacts): LazyLine[] {
  const { theme, sight, shape } = facts;
  const title = () => matrixTitle(theme, sight, shape);
  const caption = " heard of late (row hears column)";
  return [
    title,
    ...seesLines(facts),
    () => plainLine(caption, "strong"),
    title,
    ...hearsLines(facts),
  ];
}

/** What the matrices say; and that they say nothing is said too. */
function noteLines(sight: Sight, cells: number): LazyLine[] {
  const lines = (text: string, tone: Tone) =>
    wrapText(text, cells).map((line) => () => plainLine(line, tone));
  if (sight.findings.length === 0) return lines(tellCalm(sight), "plain");
  return sight.findings.flatMap((text) => lines(`! ${text}`, "warning"));
}

function tellCalm(sight: Sight): string {
  const count = sight.rows.length;
  const agreeing = distinctViews(sight)[0]?.length ?? 0;
  if (agreeing === count) return `all ${count} agree`;
  const fresh = sight.rows.filter(({ isFresh }) => isFresh).length;
  return `${fresh} of ${count} views are of now`;
}
