import { expect, test } from "vitest";
import {
  isUtf8Locale,
  safeJson,
  safeLine,
  safeLines,
  safeText,
  toAscii,
} from "../../src/text/safe-text.ts";

const PLAIN = { color: false, ascii: false };
const COLORED = { color: true, ascii: false };

/** Erases the screen, sets its title, and does both with C1; turns the direction; hides what follows. */
const HOSTILE = "a\x1b[2Jb\x07\u009b1mc\u202ed\u2066e\r\u200ff\u{e0041}g";

test("what could move a cursor or reorder a line becomes a question mark", () => {
  expect(safeText(`${HOSTILE}\n`)).toBe("a?[2Jb??1mc?d?e??f?g?");
});

test("wide characters, combining marks and joined emoji stay as they are", () => {
  const text = "Zoë 名前 e\u0301 👩\u200d🚀 φ → ●";
  expect([safeText(text), safeLines(text, PLAIN)]).toEqual([text, text]);
});

test("lines keep their ends, and a single line has none", () => {
  expect(safeLines(`one\n\ttwo ${HOSTILE}`, PLAIN)).toBe("one\n\ttwo a?[2Jb??1mc?d?e??f?g");
  expect(safeLine("one\n\ttwo", PLAIN)).toBe("one??two");
});

test("our own colours pass where colour is wanted, and nothing else that begins like them", () => {
  const painted = "\x1b[33msuspect\x1b[39m";
  expect(safeLines(painted, COLORED)).toBe(painted);
  expect(safeLines(painted, PLAIN)).toBe("?[33msuspect?[39m");
  expect(safeLines("\x1b[8mhidden\x1b[31;5mred\x1b[2J\x1b]0;title\x07", COLORED)).not.toContain(
    "\x1b",
  );
});

test("in ASCII our signs are spelled and nothing else than ASCII comes out", () => {
  expect(toAscii("a → b ± 2 φ ≥ 8 … ● 名")).toBe("a -> b +- 2 phi >= 8 ... ? ?");
  expect(safeLines("\x1b[1mé→\x1b[22m", { color: true, ascii: true })).toBe("\x1b[1m?->\x1b[22m");
});

test("JSON means the same, and holds nothing harmful", () => {
  const value = { name: HOSTILE, list: ["\u009b", "é"] };
  const json = safeJson(JSON.stringify(value, null, 2));
  expect(JSON.parse(json)).toEqual(value);
  expect(safeText(json.replaceAll("\n", ""))).toBe(json.replaceAll("\n", ""));
});

test.each([
  [{ LANG: "C" }, false],
  [{ LANG: "POSIX" }, false],
  [{ LANG: "de_DE.ISO-8859-1" }, false],
  [{ LANG: "C.UTF-8" }, true],
  [{ LANG: "C", LC_ALL: "en_US.utf8" }, true],
  [{ LANG: "en_US.UTF-8", LC_CTYPE: "C" }, false],
  [{ LANG: "en_US.UTF-8", LC_ALL: "" }, true],
  [{}, true],
] as const)("the locale of %j writes UTF-8: %s", (env, expected) => {
  expect(isUtf8Locale(env)).toBe(expected);
});
