import { isWorthARow, pathRow, summarizePaths } from "../../../../src/text/paths.ts";
import { formatCount } from "../../../../src/text/quantities.ts";
import {
  type PathMatrix,
  type PathSign,
  pathMatrixOf,
} from "../../../../src/viewing/path-matrix.ts";
import { cellsOf, fitCells } from "../../theme/cells.ts";
import type { Line, Theme, Tone } from "../../theme/theme.ts";
import { plainLine } from "../fit-line.ts";
import { Pane, type ScenePaneProps } from "../pane.tsx";

const NAME_CELLS_MAX = 18;
const CELL_CELLS = 4;
/** Faulty paths named above the matrix. */
const NAMED_MAX = 6;

/** Which member reaches which, as a guest in another engine's pool tries it: what is wrong first, then all. */
export function PathsPane({ scene, place, theme }: ScenePaneProps) {
  const paths = scene.state.paths?.body.paths;
  const lines = paths === undefined ? [NO_PATHS] : [plainLine(` ${summarizePaths(paths)}`)];
  const faulty = paths?.filter(isWorthARow) ?? [];
  for (const path of faulty.slice(0, NAMED_MAX)) {
    const [from, to, state, share] = pathRow(path);
    const tone = path.downForMs === null ? "suspect" : "dead";
    lines.push(plainLine(` ${from} → ${to}  ${state}, ${share} came through`, tone));
  }
  if (paths !== undefined)
    lines.push(...matrixLines(theme, pathMatrixOf(paths), place.columns - 2));
  const hidden = Math.max(0, lines.length - (place.rows - 2));
  return (
    <Pane
      theme={theme}
      place={place}
      isFocused={scene.ui.focus === "paths"}
      title={[
        { text: "who reaches whom", tone: "strong" },
        { text: "  rows: who pings, columns: whom" },
      ]}
      lines={lines}
      footer={{ right: hidden > 0 ? `${formatCount(hidden, "line")} below` : "" }}
    />
  );
}

const NO_PATHS = plainLine(" only a guest in another engine's pool tries paths", "faint");

/** Rows and columns go by number, since names are long where other engines name. */
function matrixLines(theme: Theme, { names, signs }: PathMatrix, cells: number): Line[] {
  const { alive, suspect, dead, nothing, unheard, cut } = theme.glyphs;
  const glyphs = { self: nothing, up: alive, loses: suspect, down: dead, unknown: unheard };
  const labels = names.map((name, at) => ` ${at + 1} ${name}`);
  const left = Math.min(NAME_CELLS_MAX, Math.max(0, ...labels.map(cellsOf))) + 2;
  const columns = names.slice(0, Math.max(0, Math.floor((cells - left) / CELL_CELLS)));
  const title = columns.map((_, at) => String(at + 1).padEnd(CELL_CELLS)).join("");
  const rows = signs.map((row, at): Line => {
    const shown = row.slice(0, columns.length).map((sign) => ({
      text: fitCells(glyphs[sign], CELL_CELLS, ""),
      tone: TONES[sign],
    }));
    return { spans: [{ text: fitCells(labels[at] ?? "", left, cut) }, ...shown] };
  });
  return names.length === 0 ? [] : [plainLine(" ".repeat(left) + title, "strong"), ...rows];
}

const TONES: Readonly<Record<PathSign, Tone>> = {
  self: "faint",
  up: "alive",
  loses: "suspect",
  down: "dead",
  unknown: "faint",
};
