import { styleText } from "node:util";
import type { ShownState } from "../../src/control/shown-states.ts";
import type { MemberState } from "../../src/core/member.ts";
import { isUtf8Locale } from "../../src/text/safe-text.ts";
import { type Column, formatTable } from "../../src/text/table.ts";

/** How text may be dressed: with colour or not, in Unicode or in ASCII alone. */
export interface TextStyle {
  readonly color: boolean;
  readonly ascii: boolean;
}

export type Color = "cyan" | "yellow" | "magenta" | "gray" | "green" | "bold" | "inverse";

interface Look {
  readonly glyph: string;
  readonly ascii: string;
  readonly color: Color;
}

/** Colours that stay apart for red-green blindness; the glyph and the word carry the meaning alone. */
const LOOKS: Readonly<Record<ShownState, Look>> = {
  alive: { glyph: "●", ascii: "+", color: "cyan" },
  suspect: { glyph: "◐", ascii: "?", color: "yellow" },
  dead: { glyph: "✗", ascii: "x", color: "magenta" },
  left: { glyph: "○", ascii: "-", color: "gray" },
};

/** What a style is decided from. */
export interface StyleCircumstances {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  readonly asciiWanted: boolean;
}

/**
 * Colour on terminals, unless `NO_COLOR` or `TERM=dumb`; `FORCE_COLOR` outranks both (as in Node itself). ASCII with
 * `--ascii`, on dumb terminals, and where the locale (`LANG=C`) does not write UTF-8.
 */
export function chooseTextStyle({ env, isTerminal, asciiWanted }: StyleCircumstances): TextStyle {
  const isDumb = env.TERM === "dumb";
  const ascii = asciiWanted || isDumb || !isUtf8Locale(env);
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) {
    const color = forced !== "0" && forced !== "false";
    return { color, ascii };
  }
  const isColorRefused = (env.NO_COLOR ?? "") !== "" || isDumb;
  return { color: isTerminal && !isColorRefused, ascii };
}

export function paint(style: TextStyle, color: Color, text: string): string {
  return style.color ? styleText(color, text, { validateStream: false }) : text;
}

/** The mark of a step or a run that has ended. */
export function outcomeGlyph({ ascii }: TextStyle, how: keyof typeof OUTCOME_GLYPHS): string {
  const [glyph, inAscii] = OUTCOME_GLYPHS[how];
  return ascii ? inAscii : glyph;
}

const OUTCOME_GLYPHS = {
  done: ["✓", "+"],
  passed: ["✓", "+"],
  failed: ["✗", "x"],
  interrupted: ["■", "!"],
} as const;

/** A table whose titles are bold. */
export function formatTitledTable(
  style: TextStyle,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const [titles = "", ...lines] = formatTable(columns, rows);
  return [paint(style, "bold", titles), ...lines];
}

/** Glyph, word and colour of a state, never colour alone. */
export function formatState(style: TextStyle, state: ShownState): string {
  const look = LOOKS[state];
  return paint(style, look.color, `${style.ascii ? look.ascii : look.glyph} ${state}`);
}

/** The word of a state in its colour, for lines of text. */
export function paintState(style: TextStyle, state: MemberState): string {
  return state === "forgotten" ? state : paint(style, LOOKS[state].color, state);
}

/** The glyph of a state alone, for matrices that explain themselves below. */
export function formatStateGlyph(style: TextStyle, state: ShownState): string {
  const look = LOOKS[state];
  return paint(style, look.color, style.ascii ? look.ascii : look.glyph);
}
