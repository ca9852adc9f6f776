import { escapeMarkup } from "../../../text/markup.ts";
import { cutTo } from "../amounts.ts";
import type { TimeScale } from "../lanes/time-scale.ts";

/** How a picture is laid out, in pixels of its own; it scales to the page it is put on. */
export interface SvgPage {
  readonly width: number;
  /** Where the lanes begin, from the left. */
  readonly left: number;
  /** How wide the lanes are. */
  readonly lanes: number;
  /** Names and notes stand above their lanes, and not beside them. */
  readonly isNarrow: boolean;
}

export const WIDE_PAGE: SvgPage = { width: 1200, left: 190, lanes: 620, isNarrow: false };
/** As wide as a phone. */
export const NARROW_PAGE: SvgPage = { width: 392, left: 8, lanes: 376, isNarrow: true };

/** What lanes are drawn on. */
export interface SvgCanvas extends TimeScale {
  readonly page: SvgPage;
}

/** How high a row is, in pixels. */
export const ROW = 20;
/** So much of a label has room beside its lane. */
export const LABEL_CHARACTERS = 26;
const NOTE_CHARACTERS = 56;
/** Of the widest of the common fonts: a label that is cut a little early is better than one that overruns. */
const CHARACTER = 6.8;

/** A lane of the picture: its name, what is drawn, how much of the height that takes, and what became of it. */
export interface Strip {
  readonly name: string;
  readonly note: string;
  readonly height: number;
  /** Where the row is that name and note stand beside, from the top of the strip. */
  readonly rowAt?: number;
  draw(top: number): string[];
}

const NAME_LINE = 15;
const NOTE_LINE = 14;
const NARROW_GAP = 4;

/** The strips from `top` downwards, and where they end. */
export function stackStrips(
  page: SvgPage,
  strips: readonly Strip[],
  top: number,
): { readonly drawn: readonly string[]; readonly bottom: number } {
  const drawn: string[] = [];
  let at = top;
  for (const strip of strips) {
    if (page.isNarrow) {
      if (strip.name !== "") {
        at += NAME_LINE;
        drawn.push(text(page.left, at - 3, strip.name, 'font-weight="600"'));
      }
      if (strip.note !== "") {
        at += NOTE_LINE;
        drawn.push(text(page.left, at - 3, cutTo(NOTE_CHARACTERS, strip.note), 'class="quiet"'));
      }
    } else drawn.push(...besideStrip(page, strip, at));
    drawn.push(...strip.draw(at));
    at += strip.height + (page.isNarrow ? NARROW_GAP : 0);
  }
  return { drawn, bottom: at };
}

function besideStrip(page: SvgPage, { name, note, rowAt = 0 }: Strip, top: number): string[] {
  const y = top + rowAt + 14;
  const right = page.left + page.lanes + 12;
  return [
    ...(name === ""
      ? []
      : [text(page.left - 12, y, cutTo(LABEL_CHARACTERS, name), 'text-anchor="end"')]),
    ...(note === "" ? [] : [text(right, y, cutTo(NOTE_CHARACTERS, note), 'class="quiet"')]),
  ];
}

/** A text at a point, with the attributes of its look. */
export function text(x: number, y: number, content: string, look: string): string {
  return `<text x="${pixels(x)}" y="${pixels(y)}" ${look}>${escapeMarkup(content)}</text>`;
}

/** The signs of a legend side by side, in as many rows as it takes; `top` is the base line of the first. */
export function drawLegend<T>(
  page: SvgPage,
  { top, cells }: { readonly top: number; readonly cells: number },
  signs: readonly T[],
  draw: (sign: T, x: number, y: number) => string[],
): { readonly drawn: readonly string[]; readonly bottom: number } {
  const perRow = Math.max(1, Math.floor((page.width - page.left) / cells));
  const rows = Math.ceil(signs.length / perRow);
  const drawn = signs.flatMap((sign, at) =>
    draw(sign, page.left + (at % perRow) * cells, top + Math.floor(at / perRow) * ROW),
  );
  return { drawn, bottom: top + (rows - 1) * ROW };
}

/** Where a moment of the run lies, in pixels from the left. */
export function xOf({ msPerUnit, page }: SvgCanvas, atMs: number): number {
  return pixels(page.left + atMs / msPerUnit);
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
