import { expect, test } from "vitest";
import { drawLine } from "../../../../cli/dashboard/drawing/fit-line.ts";
import {
  cellsOf,
  cut,
  drawBar,
  drawSpark,
  fitCells,
} from "../../../../cli/dashboard/theme/cells.ts";
import { chooseTheme } from "../../../../cli/dashboard/theme/theme.ts";

const PLAIN = chooseTheme({ color: false, ascii: false }, "plain");
const ASCII = chooseTheme({ color: false, ascii: true }, "plain");

test.each([
  ["n1", 2],
  ["名前", 4],
  ["e\u0301", 1],
  ["👩‍👩‍👧", 2],
  ["█▏φ…", 4],
])("%s takes %i cells", (text, cells) => {
  expect(cellsOf(text)).toBe(cells);
});

test("nothing is cut without a mark, and no character is cut in half", () => {
  expect(cut("alphabet", 5, "…")).toBe("alph…");
  expect(cut("名前名前", 5, "…")).toBe("名前…");
  expect(cut("名前名前", 4, "…")).toBe("名…");
  expect(cut("e\u0301e\u0301e\u0301", 2, "…")).toBe("e\u0301…");
});

test("wide and combining characters keep the columns", () => {
  for (const text of ["n1", "名前", "e\u0301e\u0301", "a-very-long-name-indeed", "👩‍👩‍👧"]) {
    expect(cellsOf(fitCells(text, 10, "…"))).toBe(10);
    expect(cellsOf(fitCells(text, 10, "…", "right"))).toBe(10);
  }
});

test("text from a node cannot paint, whatever it is", () => {
  const evil = drawLine(PLAIN, { spans: [{ text: "\x1b]0;title\x07\x1b[31mred\u0085" }] }, 30);
  expect(evil).toBe("?]0;title??[31mred?           ");
});

test("a line is as wide as it has to be, in both alphabets", () => {
  const line = { spans: [{ text: "φ → 名前" }, { text: " ± 0.1" }] };
  for (let cells = 1; cells < 20; cells++) {
    expect(cellsOf(drawLine(PLAIN, line, cells)), String(cells)).toBe(cells);
    expect(drawLine(ASCII, line, cells)).toMatch(/^[\x20-\x7e]*$/);
  }
});

test("a bar is full at the level of suspicion and says when it is over", () => {
  expect(drawBar(PLAIN, 0.5, 4)).toBe("██  ");
  expect(drawBar(PLAIN, 1, 4)).toBe("████");
  expect(drawBar(PLAIN, 1.01, 4)).toBe("███▶");
  expect(drawBar(ASCII, 2, 4)).toBe("###>");
});

test("a sparkline has a blank where nothing was read", () => {
  expect(drawSpark(PLAIN, [0, null, 4, 8, 80], 8)).toBe("▁ ▅██");
});
