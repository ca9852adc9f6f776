import { expect, test } from "vitest";
import { once, parseCount, parseCounts, parseDuration, parseRows } from "../../cli/options.ts";

test.each([
  ["500ms", 500],
  ["2.5s", 2_500],
  ["10m", 600_000],
  ["1h", 3_600_000],
])("the duration %s is %i ms", (text, durationMs) => {
  expect(parseDuration("--timeout", text)).toBe(durationMs);
});

test.each(["", "3", "s", "-1s", "1d", "1e3s", "abc", "1 s"])(
  "%j is refused as a duration, with what is allowed",
  (text) => {
    expect(() => parseDuration("--timeout", text)).toThrow(
      `--timeout: ${JSON.stringify(text)} is not a duration; use 500ms, 10s, 2m or 1h`,
    );
  },
);

test.each(["", "x", "0", "31", "4.5", "-5", "0x5"])(
  "%j is refused as a count from 1 to 30",
  (text) => {
    expect(() => parseCount("n", text, 1, 30)).toThrow(/not a whole number from 1 to 30/);
  },
);

test("both bounds of a count are allowed", () => {
  expect([parseCount("n", "1", 1, 30), parseCount("n", "30", 1, 30)]).toEqual([1, 30]);
});

test("an option of one value that is given twice is refused, not taken for a list", () => {
  expect(() => once("--name")(["a", "b"])).toThrow("--name is given twice; give it once");
});

test("an option of one value cannot be turned off as a switch", () => {
  expect(() => once("--api")(false)).toThrow("--no-api: --api has a value and is no switch");
});

test("rows come in the order of the table, each once", () => {
  expect(parseRows("--rows", "leave, kill,leave", ["kill", "stop", "leave"])).toEqual([
    "kill",
    "leave",
  ]);
});

test("a row that does not exist is refused with those that do", () => {
  expect(() => parseRows("--rows", "kill,crash", ["kill", "stop"])).toThrow(
    '--rows: "crash" is not one of them; choose from kill,stop',
  );
});

test("each of several counts keeps to the bounds", () => {
  expect(parseCounts("--sizes", "3, 30", 3, 100)).toEqual([3, 30]);
  expect(() => parseCounts("--sizes", "5,2", 3, 100)).toThrow('--sizes: "2"');
});
