import { expect, test } from "vitest";
import { chooseTextStyle } from "../../../cli/format/text-style.ts";

const style = (env: Record<string, string>, isTerminal = true, asciiWanted = false) =>
  chooseTextStyle({ env, isTerminal, asciiWanted });

test("a terminal gets colour, a pipe does not", () => {
  expect([style({}).color, style({}, false).color]).toEqual([true, false]);
});

test("NO_COLOR takes the colour away, unless it is empty", () => {
  expect([style({ NO_COLOR: "1" }).color, style({ NO_COLOR: "" }).color]).toEqual([false, true]);
});

test("FORCE_COLOR outranks NO_COLOR and the missing terminal, and 0 forces none", () => {
  expect(style({ FORCE_COLOR: "1", NO_COLOR: "1" }, false).color).toBe(true);
  expect(style({ FORCE_COLOR: "0" }).color).toBe(false);
});

test("a dumb terminal gets neither colour nor glyphs", () => {
  expect(style({ TERM: "dumb" })).toEqual({ color: false, ascii: true });
});

test("a locale that does not write UTF-8 gets no glyphs, with forced colour too", () => {
  expect(style({ LANG: "C" })).toEqual({ color: true, ascii: true });
  expect(style({ LANG: "C", FORCE_COLOR: "1" }).ascii).toBe(true);
  expect(style({ LANG: "en_US.UTF-8" }).ascii).toBe(false);
});

test("--ascii takes the glyphs and leaves the colour", () => {
  expect(style({}, true, true)).toEqual({ color: true, ascii: true });
});
