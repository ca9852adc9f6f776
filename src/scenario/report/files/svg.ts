import { describeHeld } from "../../../cluster/observe/silences.ts";
import { escapeMarkup } from "../../../text/markup.ts";
import { SVG_STYLE } from "../../../text/svg-look.ts";
import type { ExpectationRecord, NodeSpan, RunRecord } from "../../run-record.ts";
import { cutTo, formatNames, formatSeconds } from "../amounts.ts";
import { type BeliefLane, beliefLanes } from "../lanes/belief-lanes.ts";
import { packRows } from "../lanes/pack-rows.ts";
import type { LaneSpan, LaneState } from "../lanes/pair-histories.ts";
import { poolLanes } from "../lanes/pool-lanes.ts";
import { type ProcessLane, processLanes } from "../lanes/process-lanes.ts";
import { timeScale } from "../lanes/time-scale.ts";
import { headline, outcomeOf } from "../terminal/terminal.ts";
import { judgedAtMs } from "../terminal/terminal-lanes.ts";
import { panicPattern, poolLegend, poolStrip } from "./svg-pools.ts";
import {
  drawLegend,
  fitText,
  LABEL_CHARACTERS,
  pixels,
  ROW,
  type Strip,
  type SvgCanvas,
  type SvgPage,
  stackStrips,
  text,
  WIDE_PAGE,
  widthOfText,
  xOf,
} from "./svg-strip.ts";

const STRIPE = 6;

const LABEL_MARGIN = 6;
/** Half of the label of a tick. */
const LABEL_HALF = 16;

/** Rows of faults and marks have no notes beside them: their labels may stand there. */
function labelRoom({ width, left }: SvgPage) {
  return { units: width - left, widthOf: widthOfText, margin: LABEL_MARGIN };
}

/** With more pairs than this a lane shows the worst of them in one band. */
const STRIPES_MAX = 9;
const LANES_DRAWN_MAX = 100;
/** Safe for red-green blindness; the height of a band tells the state as well. */
const LOOKS: Readonly<Record<LaneState, { readonly color: string; readonly share: number }>> = {
  unknown: { color: "", share: 0.2 },
  alive: { color: "#3aa6b9", share: 0.45 },
  left: { color: "#8a8f98", share: 0.3 },
  suspect: { color: "#f0b429", share: 0.75 },
  dead: { color: "#b0256e", share: 1 },
};

/** The run as a picture in one file that needs nothing else. Pointing at a band tells what it is. */
export function renderSvg(record: RunRecord, page: SvgPage = WIDE_PAGE): string {
  const canvas: SvgCanvas = { ...timeScale(record.durationMs, page.lanes, 70), page };
  const beliefs = beliefLanes(record);
  const pools = poolLanes(record);
  const strips: Strip[] = [
    ...faultStrips(record, canvas),
    ...markStrips(record, canvas),
    ...processLanes(record)
      .slice(0, LANES_DRAWN_MAX)
      .map((lane) => processStrip(lane, canvas)),
    ...pools.slice(0, LANES_DRAWN_MAX).map((lane) => poolStrip(lane, canvas)),
    ...beliefs.slice(0, LANES_DRAWN_MAX).map((lane) => beliefStrip(lane, canvas)),
    expectStrip(record, canvas),
  ];
  const top = page.isNarrow ? 32 : 58;
  const { drawn, bottom } = stackStrips(page, strips, top);
  const states = stateLegend(page, bottom + 28);
  const uses = pools.length === 0 ? undefined : poolLegend(page, states.bottom + 24);
  const height = (uses ?? states).bottom + 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${page.width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${escapeMarkup(headline(record))}</title>`,
    SVG_STYLE,
    `<rect width="${page.width}" height="${height}" class="ground"/>`,
    // On a narrow page a heading says it above the picture.
    ...(page.isNarrow ? [] : [text(12, 22, headline(record), 'font-size="15" font-weight="600"')]),
    ...axis(canvas, top, bottom),
    ...drawn,
    ...states.drawn,
    ...(uses === undefined ? [] : [panicPattern(page), ...uses.drawn]),
    "</svg>",
    "",
  ].join("\n");
}

function axis(canvas: SvgCanvas, top: number, bottom: number): string[] {
  return canvas.ticks.flatMap(({ atMs, text: label }) => {
    const x = xOf(canvas, atMs);
    const anchor = x + LABEL_HALF > canvas.page.width ? "end" : "middle";
    return [
      `<line x1="${x}" y1="${top - 8}" x2="${x}" y2="${bottom}" class="grid"/>`,
      text(x, top - 14, label, `text-anchor="${anchor}" class="quiet"`),
    ];
  });
}

function faultStrips({ faults }: RunRecord, canvas: SvgCanvas): Strip[] {
  const items = faults.map(({ label, fromMs, untilMs }) => {
    const { left } = canvas.page;
    const from = xOf(canvas, fromMs) - left;
    return {
      label: cutTo(80, label),
      from,
      until: Math.max(from + 2, xOf(canvas, untilMs) - left),
    };
  });
  return packRows(items, labelRoom(canvas.page)).map((placed, row) => ({
    name: row === 0 ? "faults" : "",
    note: "",
    height: ROW,
    draw: (top) => [
      ...placed.flatMap(({ item, labelAt, side }) => {
        const wide = item.until - item.from;
        // Where a label has room nowhere, as much of it as the band holds.
        const told = side === "inside" ? fitText(item.label, wide - LABEL_MARGIN) : item.label;
        const whole = `<title>${escapeMarkup(item.label)}</title>`;
        return [
          `<rect x="${pixels(canvas.page.left + item.from)}" y="${top + 2}" width="${pixels(wide)}" height="${ROW - 5}" rx="3" class="band">${whole}</rect>`,
          text(canvas.page.left + labelAt, top + 14, told, 'class="band-label"'),
        ];
      }),
    ],
  }));
}

function markStrips({ marks }: RunRecord, canvas: SvgCanvas): Strip[] {
  const items = marks.map(({ atMs, text: told }) => {
    const from = xOf(canvas, atMs) - canvas.page.left;
    return { label: cutTo(80, told), from, until: from + 6 };
  });
  return packRows(items, labelRoom(canvas.page)).map((placed, row) => ({
    name: row === 0 ? "marks" : "",
    note: "",
    height: ROW,
    draw: (top) => [
      ...placed.flatMap(({ item, labelAt }) => [
        `<path d="M${pixels(canvas.page.left + item.from - 4)} ${top + 5}h8l-4 8z" class="ink"/>`,
        text(canvas.page.left + labelAt + 2, top + 14, item.label, 'font-style="italic"'),
      ]),
    ],
  }));
}

function processStrip({ node, spans, note }: ProcessLane, canvas: SvgCanvas): Strip {
  return {
    name: node,
    note,
    height: ROW,
    draw: (top) => spans.flatMap((span) => processBar(span, top, canvas)),
  };
}

function processBar({ state, fromMs, untilMs, endedBy }: NodeSpan, top: number, canvas: SvgCanvas) {
  const [from, until] = [xOf(canvas, fromMs), xOf(canvas, untilMs)];
  const middle = top + ROW / 2;
  const dash =
    state === "running" ? "" : ` stroke-dasharray="${state === "paused" ? "2 4" : "5 3"}"`;
  const told = `<title>${state} from ${formatSeconds(fromMs)} to ${formatSeconds(untilMs)}, then ${endedBy}</title>`;
  const line = `<line x1="${from}" y1="${middle}" x2="${until}" y2="${middle}" class="process" stroke-width="4"${dash}>${told}</line>`;
  if (endedBy === "killed" || endedBy === "stopped" || endedBy === "ended") {
    return [line, cross(until, middle, "#b0256e")];
  }
  if (endedBy !== "left") return [line];
  return [
    line,
    `<circle cx="${until}" cy="${middle}" r="4" class="hollow process" stroke-width="2"/>`,
  ];
}

function beliefStrip(lane: BeliefLane, canvas: SvgCanvas): Strip {
  const stripes =
    lane.pairs.length > STRIPES_MAX || lane.isRest
      ? [{ what: laneName(lane, Number.POSITIVE_INFINITY), spans: lane.spans, height: 13 }]
      : lane.pairs.map(({ viewer, member, spans }) => ({
          what: `${viewer} about ${member}`,
          spans,
          height: lane.pairs.length === 1 ? 13 : STRIPE,
        }));
  const inner = stripes.reduce((sum, { height }) => sum + height + 1, 0);
  const height = Math.max(ROW, inner + 7);
  return {
    name: laneName(lane, LABEL_CHARACTERS),
    note: lane.note,
    height,
    rowAt: height / 2 - ROW / 2,
    draw: (top) => {
      const first = top + (height - inner) / 2;
      let at = first;
      return stripes.flatMap(({ what, spans, height: tall }) => {
        const bars = spans.map((span) => stateBar(what, span, { top: at, tall, canvas }));
        at += tall + 1;
        return bars;
      });
    },
  };
}

function stateBar(
  what: string,
  { state, silence, fromMs, untilMs }: LaneSpan,
  {
    top,
    tall,
    canvas,
  }: { readonly top: number; readonly tall: number; readonly canvas: SvgCanvas },
): string {
  const { color, share } = LOOKS[state];
  const [from, until] = [xOf(canvas, fromMs), xOf(canvas, untilMs)];
  const height = pixels(tall * share);
  // A suspicion of a few milliseconds is seen, too.
  const width = pixels(
    Math.max(until - from, state === "alive" || state === "unknown" ? 0.2 : 1.2),
  );
  const told = `${what}: ${describeHeld({ state, silence })} from ${formatSeconds(fromMs)} to ${formatSeconds(untilMs)}`;
  return `<rect x="${from}" y="${pixels(top + (tall - height) / 2)}" width="${width}" height="${height}" ${paintOf(color)}><title>${escapeMarkup(told)}</title></rect>`;
}

function expectStrip({ expectations }: RunRecord, canvas: SvgCanvas): Strip {
  return {
    name: "expects",
    note: "",
    height: ROW + 6,
    rowAt: 3,
    draw: (top) => expectations.flatMap((each) => expectMark(each, top + ROW / 2 + 3, canvas)),
  };
}

function expectMark(each: ExpectationRecord, middle: number, canvas: SvgCanvas): string[] {
  const atMs = judgedAtMs(each);
  if (atMs === undefined) return [];
  const x = xOf(canvas, atMs);
  const told = `<title>${escapeMarkup(`${each.label}: ${outcomeOf(each)}`)}</title>`;
  const mark =
    each.outcome === "met"
      ? `<path d="M${pixels(x - 4)} ${middle}l3 4l6 -9" fill="none" stroke="#2a7d4f" stroke-width="2.2"/>`
      : cross(x, middle, "#c81e1e");
  return [`<g>${told}${mark}</g>`];
}

function cross(x: number, y: number, color: string): string {
  return `<path d="M${pixels(x - 4)} ${y - 4}l8 8m0 -8l-8 8" stroke="${color}" stroke-width="2.4"/>`;
}

function stateLegend(page: SvgPage, top: number) {
  const states: readonly LaneState[] = ["alive", "suspect", "dead", "left", "unknown"];
  return drawLegend(page, { top, cells: 90 }, states, (state, x, y) => {
    const { color, share } = LOOKS[state];
    const height = pixels(13 * share);
    return [
      `<rect x="${x}" y="${pixels(y - 4 - height / 2)}" width="22" height="${height}" ${paintOf(color)}/>`,
      text(x + 28, y, state, 'class="quiet"'),
    ];
  });
}

/** What is not known stays near the ground. */
function paintOf(color: string): string {
  return color === "" ? 'class="unknown"' : `fill="${color}"`;
}

function laneName({ viewers, members, isRest }: BeliefLane, lengthMax: number): string {
  if (isRest) return "all others";
  const half = Math.floor((lengthMax - " about ".length) / 2);
  return `${formatNames(viewers, half)} about ${formatNames(members, half)}`;
}
