import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PROFILES } from "../../src/core/config.ts";

const ROOT = new URL("../../", import.meta.url);
const DOCUMENT = readFileSync(new URL("docs/limits.md", ROOT), "utf8");

const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, s: 1000 };

/** The rows of the tables: what the limit is, and where it stands. */
const ROWS = DOCUMENT.split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| what "))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")))
  .map(([what = "", limit = "", , where = ""]) => ({ what, limit, where }));

/** `16 KiB` → 16384, `10 s` → 10000 ms. */
function numberOf(limit: string): number {
  const [, digits = "", unit] = /^([\d,]+)(?: (KiB|MiB|s))?$/.exec(limit) ?? [];
  return (
    Number(digits.replaceAll(",", "")) * (unit === undefined ? 1 : (UNITS[unit] ?? Number.NaN))
  );
}

/** What a constant is in the source: a product of numbers, or a power. */
function constantIn(file: string, name: string): number {
  const source = readFileSync(new URL(file, ROOT), "utf8");
  const found = new RegExp(`const ${name}(?:: Millis)? = ([\\d_ *<]+);`).exec(source)?.[1];
  if (found === undefined) return expect.unreachable(`${file} has no number called ${name}`);
  const [base = "", shift] = found.replaceAll("_", "").split("<<");
  const product = base.split("*").reduce((result, factor) => result * Number(factor), 1);
  return shift === undefined ? product : product * 2 ** Number(shift);
}

describe("each limit in docs/limits.md is the one in the code", () => {
  test("there are tables at all", () => {
    expect(ROWS.length).toBeGreaterThan(30);
  });

  test.each(ROWS.filter(({ where }) => where.startsWith("`--")))("$what", ({ limit, where }) => {
    const key = where.replaceAll("`", "").replace("--", "");
    const name = key.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    expect(numberOf(limit)).toBe(PROFILES.lan[name as "membersMax"]);
  });

  test.each(ROWS.filter(({ where }) => !where.startsWith("`--")))("$what", ({ limit, where }) => {
    const [, name = "", file = ""] = /^`(\w+)` in `([\w./-]+)`$/.exec(where) ?? [];
    if (/^\d/.test(limit)) expect(constantIn(file, name)).toBe(numberOf(limit));
    else expect(readFileSync(new URL(file, ROOT), "utf8")).toContain(`function ${name}(`);
  });
});
