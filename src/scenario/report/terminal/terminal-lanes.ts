import type { ExpectationRecord, NodeSpan, RunRecord } from "../../run-record.ts";
import { cutTo, formatNames, formatSeconds } from "../amounts.ts";
import { type BeliefLane, beliefLanes } from "../lanes/belief-lanes.ts";
import { packRows, type Room } from "../lanes/pack-rows.ts";
import { type LaneSpan, worstWithin } from "../lanes/pair-histories.ts";
import { poolLanes } from "../lanes/pool-lanes.ts";
import { type ProcessLane, processLanes } from "../lanes/process-lanes.ts";
import { type TimeScale, timeScale } from "../lanes/time-scale.ts";
import { poolCells, poolLegend } from "./pool-cells.ts";
import { type Cell, type Ink, type ReportStyle, stateGlyph } from "./report-style.ts";

/** A line of the canvas: its name, its cells, and what became of it. */
interface Line {
  readonly label: string;
  readonly cells: readonly Cell[];
  readonly note: string;
}

interface Canvas extends ReportStyle {
  readonly scale: TimeScale;
}

const LABEL_MAX = 24;
const CELLS_MIN = 40;
const CELLS_PER_TICK = 9;
const LANES_MAX = 24;
const GAP = "  ";

/**
 * The run as lanes over time. Notes stand beside the lanes where there is room, else below them.
 * Each cell is the same time, and shows the most serious that any of its pairs held in it.
 */
export function drawLanes(record: RunRecord, style: ReportStyle): string[] {
  const beliefs = beliefLanes(record);
  const processes = processLanes(record);
  const pools = poolLanes(record);
  const labels = [
    ...beliefs.map(laneLabel),
    ...processes.map(({ node }) => node),
    ...pools.map(({ consumer }) => cutTo(LABEL_MAX, consumer)),
    "expects",
  ];
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const notes = [...beliefs, ...processes, ...pools].map(({ note }) => note.length);
  const noteWidth = Math.max(0, ...notes);
  const roomBeside = style.columns - labelWidth - noteWidth - 2 * GAP.length - 2;
  const isBeside = roomBeside >= CELLS_MIN;
  const room = isBeside ? roomBeside : style.columns - labelWidth - GAP.length - 2;
  const units = Math.max(10, room);
  const canvas = { ...style, scale: timeScale(record.durationMs, units, CELLS_PER_TICK) };
  const lines = [
    axisLine(canvas),
    ...faultLines(record, canvas),
    ...markLines(record, canvas),
    ...processes.slice(0, LANES_MAX).map((lane) => processLine(lane, canvas)),
    ...pools.slice(0, LANES_MAX).map((lane) => ({
      label: cutTo(LABEL_MAX, lane.consumer),
      cells: poolCells(lane, canvas.scale, style.ascii),
      note: lane.note,
    })),
    ...beliefs.slice(0, LANES_MAX).map((lane) => beliefLine(lane, canvas)),
    ...(record.expectations.length === 0 ? [] : [expectLine(record, canvas)]),
  ];
  const drawn = lines.flatMap((line) => layOut(line, { labelWidth, isBeside, canvas }));
  const ofPools = pools.length === 0 ? [] : [poolLegend(canvas)];
  return [...drawn, ...untold(beliefs.length), legend(canvas), ...ofPools];
}

function untold(lanes: number): string[] {
  const more = lanes - LANES_MAX;
  return more > 0 ? [` … and ${more} more lanes; the SVG and HTML reports have them`] : [];
}

interface Layout {
  readonly labelWidth: number;
  readonly isBeside: boolean;
  readonly canvas: Canvas;
}

function layOut({ label, cells, note }: Line, { labelWidth, isBeside, canvas }: Layout): string[] {
  const name = canvas.paint("quiet", label.padEnd(labelWidth));
  const isAlone = note === "" || !isBeside;
  const shown = isAlone
    ? cells.slice(0, cells.findLastIndex(({ glyph }) => glyph !== " ") + 1)
    : cells;
  const drawn = ` ${name}${GAP}${paintCells(shown, canvas)}`;
  if (note === "") return [drawn];
  if (isBeside) return [`${drawn}${GAP}${note}`];
  return [drawn, ` ${" ".repeat(labelWidth)}${GAP}${canvas.paint("quiet", note)}`];
}

/** Neighbours of one ink are painted together. */
function paintCells(cells: readonly Cell[], { paint }: ReportStyle): string {
  let text = "";
  for (let from = 0; from < cells.length; ) {
    const ink = cells[from]?.ink ?? "quiet";
    let until = from + 1;
    while (cells[until]?.ink === ink) until++;
    const run = cells.slice(from, until).map(({ glyph }) => glyph);
    text += paint(ink, run.join(""));
    from = until;
  }
  return text;
}

function axisLine({ scale }: Canvas): Line {
  const ticks = scale.ticks.map(({ atMs, text }) => ({ at: atMs / scale.msPerUnit, text }));
  const fitting = ticks.filter(({ at, text }) => Math.round(at) + text.length <= scale.units);
  return textLine("", fitting, scale.units);
}

function textLine(
  label: string,
  texts: readonly { readonly at: number; readonly text: string }[],
  units: number,
): Line {
  const cells: Cell[] = Array.from({ length: units }, () => ({ ink: "quiet", glyph: " " }));
  for (const { at, text } of texts) {
    [...text].forEach((glyph, offset) => {
      const place = Math.round(at) + offset;
      if (place < units) cells[place] = { ink: "quiet", glyph };
    });
  }
  return { label, cells, note: "" };
}

function labelRoom({ units }: Canvas["scale"]): Room {
  return { units, widthOf: (label) => label.length, margin: 1 };
}

function faultLines({ faults }: RunRecord, canvas: Canvas): Line[] {
  const { scale } = canvas;
  const items = faults.map(({ label, fromMs, untilMs }) => {
    const from = Math.min(scale.units - 1, Math.floor(fromMs / scale.msPerUnit));
    const until = Math.max(from + 2, Math.min(scale.units, Math.ceil(untilMs / scale.msPerUnit)));
    return { label: cutTo(scale.units - 2, label), from: Math.min(from, scale.units - 2), until };
  });
  return packRows(items, labelRoom(scale)).map((placed, row) => {
    const cells = emptyCells(scale.units, canvas.ascii ? "." : "·");
    for (const { item, labelAt, side } of placed) {
      const inside = side === "inside" ? item.until - item.from - 2 : item.label.length;
      fill(cells, item.from, item.until, { ink: "fault", glyph: side === "inside" ? " " : "=" });
      cells[item.from] = { ink: "fault", glyph: "[" };
      cells[item.until - 1] = { ink: "fault", glyph: "]" };
      write(cells, labelAt, cutTo(inside, item.label), "fault");
    }
    return { label: row === 0 ? "faults" : "", cells, note: "" };
  });
}

function markLines({ marks }: RunRecord, { scale, ascii }: Canvas): Line[] {
  const flag = ascii ? "^" : "▾";
  const items = marks.map(({ atMs, text }) => {
    const from = Math.min(scale.units - 1, Math.floor(atMs / scale.msPerUnit));
    return { label: cutTo(scale.units - 2, text), from, until: from + 1 };
  });
  return packRows(items, labelRoom(scale)).map((placed, row) => {
    const cells = emptyCells(scale.units, " ");
    for (const { item, labelAt } of placed) {
      cells[item.from] = { ink: "strong", glyph: flag };
      if (labelAt !== item.from) write(cells, labelAt, item.label, "strong");
    }
    return { label: row === 0 ? "marks" : "", cells, note: "" };
  });
}

function processLine({ node, spans, note }: ProcessLane, canvas: Canvas): Line {
  const { scale, ascii } = canvas;
  const cells = emptyCells(scale.units, " ");
  for (const span of spans) {
    const from = Math.floor(span.fromMs / scale.msPerUnit);
    const until = Math.max(from + 1, Math.ceil(span.untilMs / scale.msPerUnit));
    fill(cells, from, Math.min(until, scale.units), {
      ink: span.state === "running" ? "process" : "suspect",
      glyph: (ascii ? ASCII_PROCESS : PROCESS)[span.state],
    });
    const end = endGlyph(span, ascii);
    if (end !== undefined) cells[Math.min(until, scale.units) - 1] = { ink: "dead", glyph: end };
  }
  return { label: node, cells, note };
}

const PROCESS: Readonly<Record<NodeSpan["state"], string>> = {
  running: "━",
  paused: "┄",
  stalled: "╌",
};
const ASCII_PROCESS: Readonly<Record<NodeSpan["state"], string>> = {
  running: "=",
  paused: "~",
  stalled: "%",
};

function endGlyph({ endedBy }: NodeSpan, ascii: boolean): string | undefined {
  if (endedBy === "left") return ascii ? "-" : "○";
  const isEnd = endedBy === "killed" || endedBy === "stopped" || endedBy === "ended";
  return isEnd ? stateGlyph("dead", ascii) : undefined;
}

function beliefLine(lane: BeliefLane, { scale, ascii }: Canvas): Line {
  const cells = Array.from({ length: scale.units }, (_, at) =>
    stateCell(lane.spans, at * scale.msPerUnit, (at + 1) * scale.msPerUnit, ascii),
  );
  return { label: laneLabel(lane), cells, note: lane.note };
}

function stateCell(
  spans: readonly LaneSpan[],
  fromMs: number,
  untilMs: number,
  ascii: boolean,
): Cell {
  const state = worstWithin(spans, fromMs, untilMs);
  if (state === undefined) return { ink: "quiet", glyph: " " };
  return { ink: state, glyph: stateGlyph(state, ascii) };
}

function expectLine({ expectations }: RunRecord, { scale, ascii }: Canvas): Line {
  const cells = emptyCells(scale.units, " ");
  for (const each of expectations) {
    const atMs = judgedAtMs(each);
    if (atMs === undefined) continue;
    const at = Math.min(scale.units - 1, Math.floor(atMs / scale.msPerUnit));
    const isMet = each.outcome === "met" && cells[at]?.ink !== "failed";
    const [met, failed] = ascii ? ["v", "X"] : ["✓", "✗"];
    cells[at] = { ink: isMet ? "met" : "failed", glyph: (isMet ? met : failed) ?? "" };
  }
  return { label: "expects", cells, note: "" };
}

/** When its mark stands on the line; those that stood the whole time have one only where they broke. */
export function judgedAtMs(each: ExpectationRecord): number | undefined {
  if (each.outcome === "open") return undefined;
  if (each.outcome === "failed") return each.failure?.atMs ?? each.untilMs;
  const isStanding = each.verb === "always" || each.verb === "never";
  return isStanding ? undefined : each.untilMs;
}

function laneLabel({ viewers, members, isRest }: BeliefLane): string {
  if (isRest) return "all others";
  const half = Math.floor((LABEL_MAX - " about ".length) / 2);
  const ofMembers = formatNames(members, Math.max(half, 2 * half - viewers.join(" ").length));
  const ofViewers = formatNames(viewers, Math.max(half, 2 * half - ofMembers.length));
  return `${ofViewers} about ${ofMembers}`;
}

function legend({ scale, ascii, paint }: Canvas): string {
  const states = (["alive", "suspect", "dead", "left", "unknown"] as const).map(
    (state) => `${paint(state, stateGlyph(state, ascii))} ${state}`,
  );
  const cell = `a cell is ${formatSeconds(scale.msPerUnit)} and shows the worst held in it`;
  return ` ${states.join("  ")}   ${paint("quiet", cell)}`;
}

function emptyCells(units: number, glyph: string): Cell[] {
  return Array.from({ length: units }, () => ({ ink: "quiet", glyph }));
}

function fill(cells: Cell[], from: number, until: number, cell: Cell): void {
  for (let at = Math.max(0, from); at < until && at < cells.length; at++) cells[at] = cell;
}

function write(cells: Cell[], at: number, text: string, ink: Ink): void {
  [...text].forEach((glyph, offset) => {
    if (at + offset < cells.length) cells[at + offset] = { ink, glyph };
  });
}
