import { Box, Text, Transform } from "ink";
import { createContext, useContext } from "react";

/** The first of the characters that stand for lines; they are of the last private use area, and one cell wide. */
const FIRST = 0x100000;
const STAND_IN = /([\u{100000}-\u{10fffd}]) */gu;

/**
 * Keeps the painted lines of a frame away from Ink. Ink measures and splits every character of every frame, and never
 * forgets a text that it measured (docs/decisions/0006 has the figures). So Ink lays out boxes in which one character
 * stands for each line, and `replaceIn` puts the lines back into the finished frame.
 */
export class LineStandIns {
  private lines: string[] = [];

  /** The character that stands for `line` in the frame that is being drawn. */
  standIn(line: string): string {
    this.lines.push(line);
    return String.fromCodePoint(FIRST + this.lines.length - 1);
  }

  /** The lines of a frame that Ink has put together: each stand-in, and the blanks of its box, becomes its line. */
  replaceIn(frame: string): string[] {
    const { lines } = this;
    this.lines = [];
    const lineOf = (_: string, character: string) =>
      lines[(character.codePointAt(0) ?? 0) - FIRST] ?? "";
    return frame.split("\n").map((row) => row.replace(STAND_IN, lineOf).trimEnd());
  }
}

/** The stand-ins of the frame that is being drawn. */
export const StandInsContext = createContext(new LineStandIns());

/** Lines that are painted already and `columns` wide each: for Ink a box of that size. */
export function PaintedLines({
  lines,
  columns,
}: {
  readonly lines: readonly string[];
  readonly columns: number;
}) {
  const standIns = useContext(StandInsContext);
  // A text that is the same in every frame: Ink keeps all that it ever measured.
  const blank = Array.from(lines, () => ".").join("\n");
  return (
    <Box width={columns} height={lines.length} flexShrink={0}>
      <Transform transform={(_, at) => standIns.standIn(lines[at] ?? "")}>
        <Text>{blank}</Text>
      </Transform>
    </Box>
  );
}
