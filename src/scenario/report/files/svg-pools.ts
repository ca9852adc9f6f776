import { escapeMarkup } from "../../../text/markup.ts";
import type { PoolSpan } from "../../run-record.ts";
import { formatSeconds } from "../amounts.ts";
import { lookOf, type PoolLane, type PoolLook } from "../lanes/pool-lanes.ts";
import {
  drawLegend,
  pixels,
  ROW,
  type Strip,
  type SvgCanvas,
  type SvgPage,
  text,
  xOf,
} from "./svg-strip.ts";

const TALL = 15;

/** The height of a bar is the share in use; a panic has a pattern besides. */
const COLORS: Readonly<Record<PoolLook, string>> = {
  all: "#3aa6b9",
  most: "#f0b429",
  few: "#b0256e",
  none: "#b0256e",
  panic: "",
};

function paintOf(look: PoolLook, page: SvgPage): string {
  return look === "panic" ? `url(#${patternId(page)})` : COLORS[look];
}

/** Two pictures on one page have a pattern each: a browser does not use that of one which is not shown. */
function patternId({ isNarrow }: SvgPage): string {
  return isNarrow ? "panic-narrow" : "panic";
}

/** Hatching of a panic, defined once in each picture. */
export function panicPattern(page: SvgPage): string {
  return (
    `<defs><pattern id="${patternId(page)}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
    '<rect width="6" height="6" fill="#3aa6b9"/><rect width="2.5" height="6" fill="#fde3d3"/></pattern></defs>'
  );
}

/** The lane of one consumer. */
export function poolStrip(lane: PoolLane, canvas: SvgCanvas): Strip {
  return {
    name: lane.consumer,
    note: lane.note,
    height: ROW + 2,
    draw: (top) => lane.spans.map((span) => poolBar(lane, span, { top: top + 2, canvas })),
  };
}

function poolBar(
  { consumer, of }: PoolLane,
  { fromMs, untilMs, members, panic }: PoolSpan,
  { top, canvas }: { readonly top: number; readonly canvas: SvgCanvas },
): string {
  const look = lookOf({ used: members.length, of, panic });
  const [from, until] = [xOf(canvas, fromMs), xOf(canvas, untilMs)];
  // None at all is a line that is seen, and so is a moment.
  const height = pixels(Math.max(1.5, (TALL * members.length) / of));
  const width = pixels(Math.max(until - from, look === "all" ? 0.2 : 1.2));
  const names = members.length === 0 ? "" : ` (${members.join(" ")})`;
  const told = `${consumer}: ${members.length} of ${of}${names}${panic ? ", panic" : ""} from ${formatSeconds(fromMs)} to ${formatSeconds(untilMs)}`;
  return `<rect x="${from}" y="${pixels(top + TALL - height)}" width="${width}" height="${height}" fill="${paintOf(look, canvas.page)}"><title>${escapeMarkup(told)}</title></rect>`;
}

/** What the heights and colours of a consumer's lane mean. */
export function poolLegend(page: SvgPage, top: number) {
  const looks: readonly (readonly [PoolLook, number, string])[] = [
    ["all", 1, "all in use"],
    ["most", 0.6, "most"],
    ["few", 0.25, "fewer than half"],
    ["panic", 1, "panic: all that are known"],
  ];
  return drawLegend(page, { top, cells: 140 }, looks, ([look, share, words], x, y) => {
    const height = pixels(TALL * share);
    return [
      `<rect x="${x}" y="${pixels(y + 2 - height)}" width="22" height="${height}" fill="${paintOf(look, page)}"/>`,
      text(x + 28, y, words, 'class="quiet"'),
    ];
  });
}
