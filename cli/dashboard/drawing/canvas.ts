import { createContext } from "react";

/** The first of the characters that stand for lines; they are of the last private use area, and one cell wide. */
const FIRST = 0x100000;
const STAND_IN = /([\u{100000}-\u{10fffd}]) */gu;

/**
 * Keeps the painted lines of a frame out of Ink's hands. Ink measures and takes apart every character of every frame (25 ms
 * at 140×40) and never forgets a text that it measured, which a picture that is kept open for days cannot afford. So Ink
 * lays out boxes in which one character stands for each line, and the frame that comes out gets its lines back here.
 */
export class Canvas {
  private lines: string[] = [];

  /** The character that stands for `line` in the frame that is being drawn. */
  standIn(line: string): string {
    this.lines.push(line);
    return String.fromCodePoint(FIRST + this.lines.length - 1);
  }

  /** The lines of a frame that Ink has put together: each stand-in and the blanks of its box make way for its line. */
  paint(frame: string): string[] {
    const { lines } = this;
    this.lines = [];
    return frame
      .split("\n")
      .map((row) =>
        row
          .replace(
            STAND_IN,
            (_, character: string) => lines[(character.codePointAt(0) ?? 0) - FIRST] ?? "",
          )
          .trimEnd(),
      );
  }
}

/** The canvas of the frame that is being drawn. */
export const CanvasContext = createContext(new Canvas());
