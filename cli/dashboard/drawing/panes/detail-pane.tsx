import type { ExplainBody } from "../../../../src/control/api-types.ts";
import { formatSpan } from "../../../../src/text/quantities.ts";
import { statusWord, whyNoPhi } from "../../../../src/text/silence.ts";
import { type PhiCurve, phiCurve } from "../../../../src/viewing/phi-curve.ts";
import { detailFacts } from "../../model/detail-facts.ts";
import type { Scene } from "../../model/scene.ts";
import type { Line, Span, Theme } from "../../theme/theme.ts";
import { fitSpans, plainLine, wrapText } from "../fit-line.ts";
import { Pane, type ScenePaneProps } from "../pane.tsx";
import { histogramLines } from "./histogram.ts";
import { curveColumns, curveLines } from "./phi-curve.ts";

const SIDE_BY_SIDE_MIN = 70;
const STACKED_ROWS_MIN = 14;
const CURVE_ROWS_MIN = 4;
const CURVE_ROWS_MAX = 9;
const HISTOGRAM_ROWS_MIN = 5;
const HISTOGRAM_ROWS_MAX = 8;

/** Why one member is what it is: facts, phi against silence, the intervals that phi is learned from. */
export function DetailPane({ scene, place, theme }: ScenePaneProps) {
  const { selected, state, ui } = scene;
  const body = state.explanation?.body;
  const isShown = body !== undefined && body.name === selected?.name;
  const size = { cells: place.columns - 2, rows: place.rows - 2 };
  return (
    <Pane
      theme={theme}
      place={place}
      isFocused={ui.focus === "detail"}
      title={titleOf(scene, theme)}
      lines={isShown ? linesOf(theme, body, scene, size) : [waiting(selected?.name)]}
      footer={{ right: "esc close" }}
    />
  );
}

interface Room {
  readonly cells: number;
  readonly rows: number;
}

function titleOf({ selected }: Scene, theme: Theme): Span[] {
  if (selected === undefined) return [{ text: "detail", tone: "strong" }];
  const { name, address, state } = selected;
  const status = statusWord(selected);
  return [
    { text: name, tone: "strong" },
    { text: `  ${address}  ` },
    { text: `${theme.glyphs[state]} ${status}`, tone: status === "slow" ? "suspect" : state },
  ];
}

function waiting(name: string | undefined): Line {
  return plainLine(
    name === undefined ? " no member is selected" : ` asking about ${name}`,
    "faint",
  );
}

function linesOf(theme: Theme, body: ExplainBody, scene: Scene, room: Room): Line[] {
  const isBeside = room.cells >= SIDE_BY_SIDE_MIN && room.rows < STACKED_ROWS_MIN;
  return isBeside ? besideLines(theme, body, scene, room) : stackedLines(theme, body, scene, room);
}

function factLines(body: ExplainBody, scene: Scene, cells: number): Line[] {
  return detailFacts(body, scene.state.views?.body)
    .flatMap((fact) => wrapText(fact, cells - 2))
    .map((text) => plainLine(` ${text}`));
}

function stackedLines(theme: Theme, body: ExplainBody, scene: Scene, room: Room): Line[] {
  const facts = factLines(body, scene, room.cells);
  const rhythm = body.detector ?? scene.state.rhythms.get(body.name);
  const curve = phiCurve(body, curveColumns(room.cells), rhythm);
  if (curve === undefined || rhythm === undefined) return [...facts, noCurve(body)];
  const spare = room.rows - Math.min(facts.length, 4) - 2;
  const histogramRows = Math.min(HISTOGRAM_ROWS_MAX, Math.floor(spare * 0.45));
  const hasHistogram = histogramRows >= HISTOGRAM_ROWS_MIN;
  const curveRows = Math.min(CURVE_ROWS_MAX, spare - (hasHistogram ? histogramRows : 0) - 1);
  const histogram = hasHistogram
    ? histogramLines(theme, rhythm, { cells: room.cells, rows: histogramRows })
    : [];
  const pictures = [
    ...(curveRows >= CURVE_ROWS_MIN
      ? [curveTitle(theme, curve), ...curveLines(theme, curve, oddRows(curveRows))]
      : []),
    ...histogram,
  ];
  return [...facts.slice(0, Math.max(2, room.rows - pictures.length)), ...pictures];
}

/** On a low pane the facts stand left of the curve. */
function besideLines(theme: Theme, body: ExplainBody, scene: Scene, room: Room): Line[] {
  const leftCells = Math.floor(room.cells * 0.45);
  const rightCells = room.cells - leftCells - 1;
  const facts = factLines(body, scene, leftCells);
  const curve = phiCurve(body, curveColumns(rightCells), scene.state.rhythms.get(body.name));
  const right =
    curve === undefined
      ? [noCurve(body)]
      : [
          curveTitle(theme, curve),
          ...curveLines(theme, curve, oddRows(Math.max(3, room.rows - 2))),
        ];
  return Array.from({ length: room.rows }, (_, at) => ({
    spans: [
      ...fitSpans(theme, facts[at]?.spans ?? [], leftCells),
      { text: " " },
      ...(right[at]?.spans ?? []),
    ],
  }));
}

/** With an odd number of rows the level of suspicion, half of the scale, has a row of its own. */
function oddRows(rows: number): number {
  return rows % 2 === 0 ? rows - 1 : rows;
}

function curveTitle(theme: Theme, { phiSuspect, silenceMsMax }: PhiCurve): Line {
  const span = `silence of 0 to ${formatSpan(silenceMsMax)}`;
  return plainLine(` ${theme.glyphs.phi} against ${span}; suspect from ${phiSuspect} on`, "strong");
}

function noCurve(body: ExplainBody): Line {
  if (body.name === body.self) return plainLine("");
  const isMeasured = body.detector !== null;
  const why = isMeasured ? `${body.self} has not heard it yet` : `no phi: ${whyNoPhi(body)}`;
  return plainLine(` ${why}`, "faint");
}
