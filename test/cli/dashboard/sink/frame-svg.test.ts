import { expect, test } from "vitest";
import { ansiRuns, frameSvg } from "../../../../cli/dashboard/sink/frame-svg.ts";

test("a painted line is taken apart into runs of one look", () => {
  const runs = ansiRuns("a\x1b[1m\x1b[36mb\x1b[39m\x1b[22m\x1b[7mc\x1b[27md");
  expect(runs.map(({ text }) => text)).toEqual(["a", "b", "c", "d"]);
  expect(runs[1]?.look).toEqual({ bold: true, dim: false, inverse: false, color: 36 });
  expect(runs[2]?.look.inverse).toBe(true);
  expect(runs[3]?.look).toEqual({ bold: false, dim: false, inverse: false, color: undefined });
});

test("a state has each piece of text at its cells, and no markup of the text's own", () => {
  const svg = frameSvg(["<b>  名  x"], { columns: 12, rows: 1 });
  expect(svg).toContain(">&lt;b&gt;</text>");
  const places = [...svg.matchAll(/<text x="([\d.]+)"/g)].map(([, x]) => Number(x));
  expect(places.map((x) => Math.round((x - 10) / 8.43))).toEqual([0, 5, 9]);
});
