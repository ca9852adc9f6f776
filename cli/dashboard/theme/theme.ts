import { styleText } from "node:util";
import { toAscii } from "../../../src/text/safe-text.ts";
import type { TextStyle } from "../../format/text-style.ts";

/** What a piece of text means; the theme decides how it looks. No meaning is told by a tone alone. */
export type Tone =
  | "plain"
  | "strong"
  | "faint"
  | "title"
  | "key"
  | "warning"
  | "alive"
  | "suspect"
  | "dead"
  | "left";

export interface Span {
  readonly text: string;
  readonly tone?: Tone | undefined;
  /** Light and dark exchanged: the row that the keys act on, or what must not be overlooked. */
  readonly isInverse?: boolean;
}

/** One line of a picture: its spans, left to right. */
export interface Line {
  readonly spans: readonly Span[];
}

/** `mono` keeps bold, dim and inverse, and leaves every colour out; `plain` is text alone, for files. */
export type Palette = "color" | "mono" | "plain";

export interface Theme {
  readonly ascii: boolean;
  readonly palette: Palette;
  readonly glyphs: Glyphs;
}

type Format = Parameters<typeof styleText>[0];

/** Colours that stay apart for red-green blindness. */
const COLORS: Readonly<Record<Tone, Format | undefined>> = {
  plain: undefined,
  strong: "bold",
  faint: "gray",
  title: ["bold", "cyan"],
  key: ["bold", "cyan"],
  warning: ["bold", "yellow"],
  alive: "cyan",
  suspect: "yellow",
  dead: "magenta",
  left: "gray",
};

const MONO: Readonly<Record<Tone, Format | undefined>> = {
  ...COLORS,
  faint: "dim",
  title: "bold",
  key: "bold",
  warning: "bold",
  alive: undefined,
  suspect: "bold",
  dead: "bold",
  left: "dim",
};

/** A frame's lines, and its corners from the upper left one to the lower right one. */
interface Frame {
  readonly horizontal: string;
  readonly vertical: string;
  readonly corners: readonly [string, string, string, string];
}

const UNICODE = {
  alive: "●",
  suspect: "◐",
  dead: "✗",
  left: "○",
  /** The viewer does not list the member, or the member is the viewer itself. */
  nothing: "·",
  unheard: "?",
  heard: "✓",
  notHeard: "✗",
  cut: "…",
  pointer: "▸",
  /** Before a row that was chosen. */
  marked: "◆",
  plusMinus: "±",
  phi: "φ",
  upDown: "↑↓",
  enter: "⏎",
  descending: "▾",
  ascending: "▴",
  over: "▶",
  threshold: "┃",
  bar: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
  spark: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
  now: "◆",
  curve: { flat: "•", dash: "┄", axis: "┤" },
  frame: { horizontal: "─", vertical: "│", corners: ["╭", "╮", "╰", "╯"] } as Frame,
};

/** The signs that pictures are drawn with. */
export type Glyphs = Readonly<typeof UNICODE>;

const ASCII: Glyphs = {
  alive: "+",
  suspect: "?",
  dead: "x",
  left: "-",
  nothing: ".",
  unheard: "_",
  heard: "y",
  notHeard: "n",
  cut: "~",
  pointer: ">",
  marked: "#",
  plusMinus: "+-",
  phi: "phi",
  upDown: "up/down",
  enter: "enter",
  descending: "v",
  ascending: "^",
  over: ">",
  threshold: "|",
  bar: ["#"],
  spark: ["_", ".", ":", "-", "=", "+", "*", "#"],
  now: "@",
  curve: { flat: "*", dash: "-", axis: "|" },
  frame: { horizontal: "-", vertical: "|", corners: ["+", "+", "+", "+"] },
};

/** The theme that a text style asks for; `palette` is what the reader chose with `t`. */
export function chooseTheme(style: TextStyle, palette: Palette): Theme {
  return {
    ascii: style.ascii,
    palette: style.color || palette === "plain" ? palette : "mono",
    glyphs: style.ascii ? ASCII : UNICODE,
  };
}

/** The line with its escape sequences. */
export function paintLine(theme: Theme, line: Line): string {
  if (theme.palette === "plain") return line.spans.map(({ text }) => text).join("");
  const formats = theme.palette === "color" ? COLORS : MONO;
  return line.spans
    .map(({ text, tone = "plain", isInverse = false }) => {
      const format = formats[tone];
      const all = isInverse ? [["inverse" as const], format ?? []].flat() : (format ?? []);
      if (text === "" || all.length === 0) return text;
      return styleText(all, text, { validateStream: false });
    })
    .join("");
}

/** Text in the reader's alphabet: in ASCII mode the few marks of our own sentences are spelled out. */
export function spell(theme: Theme, text: string): string {
  return theme.ascii ? toAscii(text) : text;
}
