import { expect, test } from "vitest";
import { UsageError } from "../../../cli/errors.ts";
import { countPortion, parsePortion, parseShare } from "../../../cli/sim/portions.ts";

test("a portion is a count or a share of the members", () => {
  expect(countPortion(parsePortion("--crash", "12"), 200)).toBe(12);
  expect(countPortion(parsePortion("--crash", "10%"), 205)).toBe(21);
  expect(countPortion(parsePortion("--crash", "0"), 200)).toBe(0);
});

test.each(["", "-1", "1.5", "101%", "ten", "10 %"])("%j is no portion", (text) => {
  expect(() => parsePortion("--crash", text)).toThrow(UsageError);
});

test("a loss is a share below one", () => {
  expect(parseShare("--loss", "0.1")).toBe(0.1);
  expect(parseShare("--loss", "25%")).toBe(0.25);
  expect(parseShare("--loss", "0")).toBe(0);
});

test.each(["1", "100%", "-0.1", "some", ""])("%j is no loss", (text) => {
  expect(() => parseShare("--loss", text)).toThrow(/--loss/);
});
