import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { PLAIN_REPORT } from "../../../src/scenario/report/terminal/report-style.ts";
import { renderTerminal } from "../../../src/scenario/report/terminal/terminal.ts";
import { change, expectation, failedRecord, running, runRecord } from "./records.ts";

const CRASH = runRecord({
  nodes: [running("a"), running("b"), running("c", 2000, "killed")],
  beliefs: ["a", "b"].flatMap((viewer) => [
    change(viewer, "c", 3000, "suspect"),
    change(viewer, "c", 4000, "dead"),
  ]),
  faults: [
    {
      ...{ step: "steps[0]", verb: "delay", label: "delay a → b by 40 ms", nodes: ["a", "b"] },
      ...{ fromMs: 5000, untilMs: 10_000 },
    },
  ],
  marks: [{ atMs: 6000, text: "here" }],
  expectations: [expectation()],
});

test("a cell is the same time on every lane, and shows what was held in it", () => {
  const lines = renderTerminal(CRASH, { ...PLAIN_REPORT, columns: 90 });
  const lanes = lines.slice(2, 10);
  expect(lanes).toEqual([
    "              0s         2s          4s         6s          8s",
    " faults       ····························[delay a → b by 40 ms       ]",
    " marks                                          ▾ here",
    " c            ━━━━━━━━━━━✗                                               killed at 2.0 s",
    " a b about c  ●●●●●●●●●●●●●●●●●◐◐◐◐◐✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗  dead at 4.0 s",
    " all others   ●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●●  alive throughout",
    " expects                            ✓",
    " ● alive  ◐ suspect  ✗ dead  ○ left  · unknown   a cell is 0.18 s and shows the worst held in it",
  ]);
});

test.each([60, 80, 100, 140, 200])("no lane is wider than a terminal of %i columns", (columns) => {
  const lines = renderTerminal(CRASH, { ...PLAIN_REPORT, columns });
  const lanes = lines.slice(2, lines.findIndex((line) => line.startsWith(" expects")) + 1);
  expect(Math.max(...lanes.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
});

test("a run that expected nothing has no line of expectations", () => {
  const lines = renderTerminal(runRecord({ expectations: [] }), PLAIN_REPORT);
  expect(lines.filter((line) => line.startsWith(" expects"))).toEqual([]);
  expect(lines.join("\n")).not.toContain("\n\n\n");
});

test("a suspicion much shorter than a cell is seen", () => {
  const beliefs = [change("a", "c", 5000, "suspect"), change("a", "c", 5001, "alive")];
  const lines = renderTerminal(runRecord({ beliefs }), PLAIN_REPORT);
  expect(lines.find((line) => line.startsWith(" a about c"))?.match(/◐/g)).toHaveLength(1);
});

test("in ASCII no line of the lanes holds any other character", () => {
  const lines = renderTerminal(CRASH, { ...PLAIN_REPORT, ascii: true });
  const lanes = lines.filter((line) => !line.includes("→"));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins with them
  expect(lanes.join("\n")).toMatch(/^[\x00-\x7f]*$/);
});

test("colour is added to the glyphs and changes none", () => {
  const paint = (_ink: string, text: string) => `\x1b[36m${text}\x1b[39m`;
  const painted = renderTerminal(CRASH, { ...PLAIN_REPORT, paint });
  expect(painted.map(stripVTControlCharacters)).toEqual(renderTerminal(CRASH, PLAIN_REPORT));
});

test("a failed expectation tells what was expected, who saw whom how, and how to run it again", () => {
  const lines = renderTerminal(failedRecord(), PLAIN_REPORT);
  const from = lines.findIndex((line) => line.startsWith("line 12 at"));
  expect(lines.slice(from)).toEqual([
    "line 12 at 7.0 s: await c detected",
    "   expected  a & b see c <dead>",
    "   got       a sees c alive",
    "   viewer  a  b  c",
    "   a       ●  ●  ●",
    "   b       ●  ●  ·",
    "   6.9 s  b  c suspect → dead",
    "",
    "replay: hearsay run test.yaml --sim --rng-seed 7",
  ]);
});
