import { Box, Text, Transform } from "ink";
import { useContext } from "react";
import { CanvasContext } from "./canvas.ts";

/** Lines that are painted already and `columns` wide each: for Ink a box of that size. */
export function Painted({
  lines,
  columns,
}: {
  readonly lines: readonly string[];
  readonly columns: number;
}) {
  const canvas = useContext(CanvasContext);
  // A text that is the same in every frame: Ink keeps all that it ever measured.
  const blank = Array.from(lines, () => ".").join("\n");
  return (
    <Box width={columns} height={lines.length} flexShrink={0}>
      <Transform transform={(_, at) => canvas.standIn(lines[at] ?? "")}>
        <Text>{blank}</Text>
      </Transform>
    </Box>
  );
}
