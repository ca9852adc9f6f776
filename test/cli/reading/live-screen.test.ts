import { expect, test } from "vitest";
import { clip, openLiveScreen } from "../../../cli/reading/live-screen.ts";

function terminal(columns: number, rows: number) {
  const written: string[] = [];
  return { written, stream: { columns, rows, write: (text: string) => written.push(text) } };
}

test("a frame never takes the last row, which would scroll it", () => {
  const { written, stream } = terminal(10, 4);
  const screen = openLiveScreen(stream);
  screen.draw(["a", "b", "c", "d", "e"]);
  screen.close();
  expect(written[1]?.match(/\r\n/g)).toHaveLength(3);
});

test("a line is cut at the width of the terminal, and its colour still ends", () => {
  expect(clip("\x1b[33mabcdef\x1b[39m", 4)).toBe("\x1b[33mabcd\x1b[39m");
});

test("closing brings the cursor and the old screen back, once", () => {
  const { written, stream } = terminal(80, 24);
  const screen = openLiveScreen(stream);
  screen.close();
  screen.close();
  screen.draw(["late"]);
  expect(written).toEqual(["\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"]);
});
