import { escapeMarkup } from "../../../text/markup.ts";
import { SVG_STYLE } from "../../../text/svg-look.ts";

/** One line of a plot, with its points. */
export interface PlotSeries {
  readonly name: string;
  /** Any CSS colour. */
  readonly color: string;
  readonly marker: "circle" | "ring" | "square" | "diamond" | "frame";
  readonly points: readonly { readonly x: number; readonly y: number; readonly label?: string }[];
}

/** One axis of a plot, with its ticks in the unit of the values. */
export interface PlotAxis {
  readonly title: string;
  /** `log1` is log10(1 + value): it has a place for 0. */
  readonly scale: "linear" | "log" | "log1";
  readonly ticks: readonly number[];
}

/** A plot of several series over common axes. */
export interface Plot {
  readonly title: string;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly series: readonly PlotSeries[];
}

const WIDTH = 720;
const HEIGHT = 420;
const MARGIN = { left: 72, right: 24, top: 68, bottom: 56 };
const MARKER = 5;
const LABEL_GAP = 24;
/** How much wider a line is that another one hides, and a marker. */
const RIM = 6;
const EDGE = 40;
const LEGEND = { columns: 3, width: 205, height: 20 };
const FONT = 'font-family="system-ui, sans-serif" font-size="13"';

/** A line plot as a self-contained SVG, light or dark as the page around it. The outer ticks bound the axes. */
export function renderPlot(plot: Plot): string {
  const toX = scale(plot.x, MARGIN.left, WIDTH - MARGIN.right);
  const toY = scale(plot.y, HEIGHT - MARGIN.bottom, MARGIN.top);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ${FONT} role="img">`,
    `<title>${escapeMarkup(plot.title)}</title>`,
    SVG_STYLE,
    `<rect width="${WIDTH}" height="${HEIGHT}" class="ground"/>`,
    text(plot.title, { x: WIDTH / 2, y: 20, anchor: "middle", weight: "bold" }),
    ...xAxis(plot.x, toX),
    ...yAxis(plot.y, toY),
    ...drawAllSeries(plot.series, toX, toY),
    ...legend(plot.series),
    "</svg>",
    "",
  ].join("\n");
}

type ToPixel = (value: number) => number;

function scale({ scale: kind, ticks }: PlotAxis, from: number, to: number): ToPixel {
  const map = (value: number): number => {
    if (kind === "log") return Math.log10(value);
    return kind === "log1" ? Math.log10(1 + value) : value;
  };
  const low = map(Math.min(...ticks));
  const high = map(Math.max(...ticks));
  return (value) => from + ((map(value) - low) / (high - low)) * (to - from);
}

function xAxis(axis: PlotAxis, toX: ToPixel): string[] {
  const bottom = HEIGHT - MARGIN.bottom;
  return [
    ...axis.ticks.flatMap((tick) => [
      line(toX(tick), MARGIN.top, toX(tick), bottom, "grid"),
      text(String(tick), { x: toX(tick), y: bottom + 18, anchor: "middle" }),
    ]),
    line(MARGIN.left, bottom, WIDTH - MARGIN.right, bottom, "axis"),
    text(axis.title, { x: WIDTH / 2, y: HEIGHT - 14, anchor: "middle" }),
  ];
}

function yAxis(axis: PlotAxis, toY: ToPixel): string[] {
  const middle = (MARGIN.top + HEIGHT - MARGIN.bottom) / 2;
  return [
    ...axis.ticks.flatMap((tick) => [
      line(MARGIN.left, toY(tick), WIDTH - MARGIN.right, toY(tick), "grid"),
      text(String(tick), { x: MARGIN.left - 8, y: toY(tick) + 4, anchor: "end" }),
    ]),
    line(MARGIN.left, MARGIN.top, MARGIN.left, HEIGHT - MARGIN.bottom, "axis"),
    `<g transform="rotate(-90 18 ${middle})">`,
    text(axis.title, { x: 18, y: middle, anchor: "middle" }),
    "</g>",
  ];
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly label?: string | undefined;
}

/** The first series lies below. Where a later one hides its point it is drawn larger, and its rim is seen. */
function drawAllSeries(all: readonly PlotSeries[], toX: ToPixel, toY: ToPixel): string[] {
  const placed = all.map(({ points }) =>
    points.map(({ x, y, label }): Placed => ({ x: toX(x), y: toY(y), label })),
  );
  const hiding = placed.map((points, at) => {
    const above = placed.slice(at + 1);
    return points.map((point) => above.filter((later) => later.some(isNear(point))).length);
  });
  return [
    ...all.map(({ color }, at) => {
      const path = (placed[at] ?? []).map(({ x, y }) => `${round(x)},${round(y)}`).join(" ");
      const width = 2 + RIM * Math.max(0, Math.min(...(hiding[at] ?? [0])));
      return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="${width}"/>`;
    }),
    ...all.flatMap(({ color, marker }, at) =>
      (placed[at] ?? []).map((point, index) =>
        drawMarker(marker, point, color, MARKER + (RIM * (hiding[at]?.[index] ?? 0)) / 2),
      ),
    ),
    ...placed.flatMap(drawLabels),
  ];
}

function isNear(point: Placed): (other: Placed) => boolean {
  return (other) => Math.hypot(point.x - other.x, point.y - other.y) < MARKER;
}

/** Points of a series that lie close together have one label, from the first to the last: `0–30 %`. */
function drawLabels(placed: readonly Placed[]): string[] {
  const groups: Placed[][] = [];
  for (const point of placed.filter(({ label }) => label !== undefined)) {
    const last = groups.at(-1)?.at(-1);
    const isClose =
      last !== undefined && Math.hypot(point.x - last.x, point.y - last.y) < LABEL_GAP;
    if (isClose) groups.at(-1)?.push(point);
    else groups.push([point]);
  }
  return groups.map((group) => {
    const right = Math.max(...group.map(({ x }) => x));
    const y = Math.min(...group.map((point) => point.y)) - 7;
    const content = joinLabels(group.map(({ label = "" }) => label));
    const isAtEdge = right > WIDTH - MARGIN.right - EDGE;
    return text(content, { x: right + (isAtEdge ? -8 : 8), y, anchor: isAtEdge ? "end" : "start" });
  });
}

function joinLabels(labels: readonly string[]): string {
  const [first = ""] = labels;
  const last = labels.at(-1) ?? "";
  const unit = / .*$/.exec(last)?.[0] ?? "";
  return labels.length === 1 ? first : `${first.replace(unit, "")}–${last}`;
}

function drawMarker(
  marker: PlotSeries["marker"],
  { x, y }: Pick<Placed, "x" | "y">,
  color: string,
  size = MARKER,
): string {
  const isHollow = marker === "ring" || marker === "frame";
  const paint = isHollow ? `class="hollow" stroke="${color}" stroke-width="2"` : `fill="${color}"`;
  if (marker === "circle" || marker === "ring") {
    return `<circle cx="${round(x)}" cy="${round(y)}" r="${size}" ${paint}/>`;
  }
  const turn = marker === "diamond" ? ` transform="rotate(45 ${round(x)} ${round(y)})"` : "";
  const corner = `x="${round(x - size)}" y="${round(y - size)}"`;
  return `<rect ${corner} width="${2 * size}" height="${2 * size}" ${paint}${turn}/>`;
}

function legend(series: readonly PlotSeries[]): string[] {
  return series.flatMap(({ name, color, marker }, index) => {
    const x = MARGIN.left + 12 + (index % LEGEND.columns) * LEGEND.width;
    const row = Math.floor(index / LEGEND.columns);
    const y = MARGIN.top - 12 - LEGEND.height * (1 - row);
    return [
      drawMarker(marker, { x, y }, color),
      text(name, { x: x + 12, y: y + 4, anchor: "start" }),
    ];
  });
}

interface TextPlace {
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  readonly weight?: "bold";
}

function text(content: string, { x, y, anchor, weight }: TextPlace): string {
  const bold = weight === undefined ? "" : ` font-weight="${weight}"`;
  const place = `x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"`;
  return `<text ${place}${bold} class="halo">${escapeMarkup(content)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, look: string): string {
  const ends = `x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"`;
  return `<line ${ends} class="${look}"/>`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
