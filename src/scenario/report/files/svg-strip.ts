import { cutTo } from "../amounts.ts";
import type { TimeScale } from "../lanes/time-scale.ts";
import { escapeMarkup } from "./markup.ts";

/** Pixels of the picture's own; it scales to the page it is put on. */
export const WIDTH = 1200;
/** Where the lanes begin, in pixels from the left. */
export const LEFT = 190;
/** How wide the lanes are, in pixels. */
export const LANES = 620;
const RIGHT = LEFT + LANES;
/** How high a row is, in pixels. */
export const ROW = 20;
/** So much of a label has room beside its lane. */
export const LABEL_CHARACTERS = 26;
const NOTE_CHARACTERS = 56;
/** Of the widest of the common fonts: a label that is cut a little early is better than one that overruns. */
const CHARACTER = 6.8;

/** A drawn strip of the picture and how much of its height it takes. */
export interface Strip {
  readonly height: number;
  draw(top: number): string[];
}

/** The name of a lane, on its left. */
export function label(top: number, name: string): string {
  return text(LEFT - 12, top + 14, cutTo(LABEL_CHARACTERS, name), 'text-anchor="end"');
}

/** The outcome of a lane, on its right. */
export function noteText(top: number, note: string): string {
  return text(RIGHT + 12, top + 14, cutTo(NOTE_CHARACTERS, note), 'class="quiet"');
}

/** A text at a point, with the attributes of its look. */
export function text(x: number, y: number, content: string, look: string): string {
  return `<text x="${pixels(x)}" y="${pixels(y)}" ${look}>${escapeMarkup(content)}</text>`;
}

/** Where a moment of the run lies, in pixels from the left. */
export function xOf({ msPerUnit }: TimeScale, atMs: number): number {
  return pixels(LEFT + atMs / msPerUnit);
}

/** About how wide a text is, in pixels. */
export function widthOfText(content: string): number {
  return content.length * CHARACTER;
}

/** As much of a text as fits into so many pixels. */
export function fitText(content: string, width: number): string {
  return cutTo(Math.max(0, Math.floor(width / CHARACTER)), content);
}

/** Tenths of a pixel are exact enough, and keep files small. */
export function pixels(value: number): number {
  return Math.round(value * 10) / 10;
}
