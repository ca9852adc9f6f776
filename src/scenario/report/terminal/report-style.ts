import type { LaneState } from "../lanes/pair-histories.ts";

/** What a piece of a report means: whoever shows it decides how that looks. */
export type Ink = LaneState | "fault" | "process" | "met" | "failed" | "quiet" | "strong";

/** One cell of a lane. */
export interface Cell {
  readonly ink: Ink;
  readonly glyph: string;
}

/** How a report for a terminal is dressed. */
export interface ReportStyle {
  /** Of the terminal; lanes take what they get. */
  readonly columns: number;
  readonly ascii: boolean;
  readonly paint: (ink: Ink, text: string) => string;
}

/** Without colours, 100 columns wide. */
export const PLAIN_REPORT: ReportStyle = Object.freeze({
  columns: 100,
  ascii: false,
  paint: (_ink: Ink, text: string) => text,
});

/** One cell for each state: the shape alone carries the meaning. */
export function stateGlyph(state: LaneState, ascii: boolean): string {
  return ascii ? ASCII_GLYPHS[state] : GLYPHS[state];
}

const GLYPHS: Readonly<Record<LaneState, string>> = {
  alive: "●",
  suspect: "◐",
  dead: "✗",
  left: "○",
  unknown: "·",
};
const ASCII_GLYPHS: Readonly<Record<LaneState, string>> = {
  alive: "+",
  suspect: "?",
  dead: "x",
  left: "-",
  unknown: ".",
};
