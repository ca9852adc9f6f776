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
const LEGEND = { columns: 3, width: 205, height: 20 };
const FONT = 'font-family="system-ui, sans-serif" font-size="13"';

/** A line plot as a self-contained SVG on a white ground. The outer ticks bound the axes. */
export function renderPlot(plot: Plot): string {
  const toX = scale(plot.x, MARGIN.left, WIDTH - MARGIN.right);
  const toY = scale(plot.y, HEIGHT - MARGIN.bottom, MARGIN.top);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ${FONT} role="img">`,
    `<title>${escapeText(plot.title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(plot.title, { x: WIDTH / 2, y: 20, anchor: "middle", weight: "bold" }),
    ...xAxis(plot.x, toX),
    ...yAxis(plot.y, toY),
    ...plot.series.flatMap((series) => drawSeries(series, toX, toY)),
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
      line(toX(tick), MARGIN.top, toX(tick), bottom, "#ddd"),
      text(String(tick), { x: toX(tick), y: bottom + 18, anchor: "middle" }),
    ]),
    line(MARGIN.left, bottom, WIDTH - MARGIN.right, bottom, "#444"),
    text(axis.title, { x: WIDTH / 2, y: HEIGHT - 14, anchor: "middle" }),
  ];
}

function yAxis(axis: PlotAxis, toY: ToPixel): string[] {
  const middle = (MARGIN.top + HEIGHT - MARGIN.bottom) / 2;
  return [
    ...axis.ticks.flatMap((tick) => [
      line(MARGIN.left, toY(tick), WIDTH - MARGIN.right, toY(tick), "#ddd"),
      text(String(tick), { x: MARGIN.left - 8, y: toY(tick) + 4, anchor: "end" }),
    ]),
    line(MARGIN.left, MARGIN.top, MARGIN.left, HEIGHT - MARGIN.bottom, "#444"),
    `<g transform="rotate(-90 18 ${middle})">`,
    text(axis.title, { x: 18, y: middle, anchor: "middle" }),
    "</g>",
  ];
}

function drawSeries({ color, marker, points }: PlotSeries, toX: ToPixel, toY: ToPixel): string[] {
  const placed = points.map(({ x, y, label }) => ({ x: toX(x), y: toY(y), label }));
  const path = placed.map(({ x, y }) => `${round(x)},${round(y)}`).join(" ");
  return [
    `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>`,
    ...placed.map(({ x, y }) => drawMarker(marker, x, y, color)),
    ...drawLabels(placed),
  ];
}

/** A label that would stand on the last one is left out: its point lies there, too. */
function drawLabels(
  placed: readonly {
    readonly x: number;
    readonly y: number;
    readonly label?: string | undefined;
  }[],
): string[] {
  const drawn: string[] = [];
  let last: { readonly x: number; readonly y: number } | undefined;
  for (const { x, y, label } of placed) {
    if (label === undefined) continue;
    if (last !== undefined && Math.hypot(x - last.x, y - last.y) < LABEL_GAP) continue;
    last = { x, y };
    drawn.push(text(label, { x: x + 8, y: y - 7, anchor: "start" }));
  }
  return drawn;
}

function drawMarker(marker: PlotSeries["marker"], x: number, y: number, color: string): string {
  const isHollow = marker === "ring" || marker === "frame";
  const paint = isHollow ? `fill="white" stroke="${color}" stroke-width="2"` : `fill="${color}"`;
  if (marker === "circle" || marker === "ring") {
    return `<circle cx="${round(x)}" cy="${round(y)}" r="${MARKER}" ${paint}/>`;
  }
  const turn = marker === "diamond" ? ` transform="rotate(45 ${round(x)} ${round(y)})"` : "";
  const corner = `x="${round(x - MARKER)}" y="${round(y - MARKER)}"`;
  return `<rect ${corner} width="${2 * MARKER}" height="${2 * MARKER}" ${paint}${turn}/>`;
}

function legend(series: readonly PlotSeries[]): string[] {
  return series.flatMap(({ name, color, marker }, index) => {
    const x = MARGIN.left + 12 + (index % LEGEND.columns) * LEGEND.width;
    const row = Math.floor(index / LEGEND.columns);
    const y = MARGIN.top - 12 - LEGEND.height * (1 - row);
    return [drawMarker(marker, x, y, color), text(name, { x: x + 12, y: y + 4, anchor: "start" })];
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
  return `<text ${place}${bold} fill="#222">${escapeText(content)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, color: string): string {
  const ends = `x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"`;
  return `<line ${ends} stroke="${color}"/>`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function escapeText(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
