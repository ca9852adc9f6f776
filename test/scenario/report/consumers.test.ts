import { expect, test } from "vitest";
import { consumerRows, consumersOverRuns } from "../../../src/scenario/report/consumer-rows.ts";
import { renderHtml } from "../../../src/scenario/report/files/html.ts";
import { renderSvg } from "../../../src/scenario/report/files/svg.ts";
import { NARROW_PAGE } from "../../../src/scenario/report/files/svg-strip.ts";
import { PLAIN_REPORT } from "../../../src/scenario/report/terminal/report-style.ts";
import { renderTerminal } from "../../../src/scenario/report/terminal/terminal.ts";
import type { ConsumerRecord } from "../../../src/scenario/run-record.ts";
import { runRecord } from "./records.ts";

const NOTHING: ConsumerRecord["figures"] = {
  crashesKnownMs: [],
  crashesUnknown: 0,
  falseAlarms: 0,
  wronglyOutMs: 0,
  least: 2,
  panicMs: 0,
};

function consumer(
  name: string,
  pools: ConsumerRecord["pools"],
  figures: Partial<ConsumerRecord["figures"]> = {},
): ConsumerRecord {
  const decides = "at a, watches b c with maxPhi 3";
  return {
    name,
    at: "a",
    decides,
    members: ["b", "c"],
    pools,
    figures: { ...NOTHING, ...figures },
  };
}

const ALL = { members: ["b", "c"], panic: false };
const RECORD = runRecord({
  consumers: [
    consumer(
      "lb <1>",
      [
        { fromMs: 0, untilMs: 4000, ...ALL },
        { fromMs: 4000, untilMs: 6000, members: ["b"], panic: false },
        { fromMs: 6000, untilMs: 8000, members: [], panic: false },
        { fromMs: 8000, untilMs: 10_000, members: ["b", "c"], panic: true },
      ],
      { crashesKnownMs: [350], falseAlarms: 1, wronglyOutMs: 2000, least: 0, panicMs: 2000 },
    ),
    consumer("patient", [{ fromMs: 0, untilMs: 10_000, ...ALL }], { crashesUnknown: 1 }),
  ],
});

/** The lane of a consumer without its name, each run of a glyph once. */
function laneOf(name: string, ascii: boolean): string {
  const style = { ...PLAIN_REPORT, columns: 160, ascii };
  const line = renderTerminal(RECORD, style).find((each) => each.startsWith(` ${name}`)) ?? "";
  const cells =
    line
      .slice(name.length + 1)
      .trimStart()
      .split("  ")[0] ?? "";
  return cells.replaceAll(/(.)\1+/g, "$1");
}

test("a lane shows what share is in use, none at all, and a panic", () => {
  expect(laneOf("lb <1>", false)).toBe("█▄✗!");
  expect(laneOf("lb <1>", true)).toBe("#5x!");
  expect(laneOf("patient", false)).toBe("█");
});

test("the table tells who decided what, and what that came to", () => {
  const lines = renderTerminal(RECORD, PLAIN_REPORT);
  const from = lines.findIndex((line) => line.startsWith(" who decided"));
  expect(lines.slice(from, from + 3).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ["who decided", "crash known after", "false alarms", "wrongly out", "least in use"],
    ["lb <1>", "0.35 s", "1", "2.0 s", "0 of 2"],
    ["patient", "not in time", "0", "0 ms", "2 of 2"],
  ]);
});

test("over several runs a consumer has lived through all of them", () => {
  const run = (figures: Partial<ConsumerRecord["figures"]>) => ({
    consumers: [consumer("lb", [], figures)],
  });
  const runs = [
    run({ crashesKnownMs: [200], falseAlarms: 2, wronglyOutMs: 1000 }),
    run({ crashesKnownMs: [350], falseAlarms: 1, wronglyOutMs: 500, least: 1 }),
    run({ least: null }),
  ];
  expect(consumerRows(consumersOverRuns(runs))[1]).toEqual([
    ...["lb", "0.20 to 0.35 s", "3", "1.5 s", "1 of 2"],
  ]);
});

test("the picture has a bar as high as the share in use, and tells who it was", () => {
  const svg = renderSvg(RECORD);
  expect(svg).toContain("<title>lb &lt;1&gt;: 1 of 2 (b) from 4.0 s to 6.0 s</title>");
  expect(svg).toContain("<title>lb &lt;1&gt;: 2 of 2 (b c), panic from 8.0 s to 10.0 s</title>");
  expect(svg).toContain("crash known after 0.35 s, 1 false alarm, panic for 2.0 s");
});

test("the page has the table, with how each decided", () => {
  const html = renderHtml(RECORD);
  expect(html).toContain("<h2>Who decided what</h2>");
  expect(html).toMatch(/<td>lb &lt;1&gt;<\/td>.*<td>at a, watches b c with maxPhi 3<\/td>/);
});

test("a run without consumers has neither table nor legend of them", () => {
  const record = runRecord();
  expect(renderTerminal(record, PLAIN_REPORT).join("\n")).not.toMatch(/who decided|panic/);
  expect(renderSvg(record)).not.toContain("panic");
  expect(renderHtml(record)).not.toContain("Who decided");
});

test("on a narrow page nothing stands outside of it, and the hatching has a name of its own", () => {
  const svg = renderSvg(RECORD, NARROW_PAGE);
  const width = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]);
  const ends = [...svg.matchAll(/<rect x="([\d.]+)"[^>]* width="([\d.]+)"/g)].map(
    ([, x, wide]) => Number(x) + Number(wide),
  );
  // A letter takes five pixels at least; labels of the axis stand around their place, or before it.
  const texts = [...svg.matchAll(/<text x="([\d.]+)"([^>]*)>([^<]*)</g)].map(
    ([, x, look = "", content = ""]) => {
      const wide = content.length * 5;
      return Number(x) + (look.includes("end") ? 0 : look.includes("middle") ? wide / 2 : wide);
    },
  );
  expect(ends.length).toBeGreaterThan(5);
  expect([...ends, ...texts].filter((end) => end > width)).toEqual([]);
  expect(svg).toContain('id="panic-narrow"');
  expect(svg).not.toContain("url(#panic)");
});
