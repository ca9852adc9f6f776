import { expect, test } from "vitest";
import {
  formatCount,
  formatNames,
  formatPhi,
  formatPhiBar,
  formatSpan,
} from "../../src/text/quantities.ts";
import { PLAIN } from "../cli/plain.ts";

test.each([
  [0, "0 ms"],
  [0.42, "0.4 ms"],
  [42.4, "42 ms"],
  [240, "0.24 s"],
  [994.9, "0.99 s"],
  [995, "1.0 s"],
  [1_940, "1.9 s"],
  [9_960, "10 s"],
  [59_400, "59 s"],
  [59_600, "1m00s"],
  [252_000, "4m12s"],
  [11_100_000, "3h05m"],
  [187_200_000, "2d04h"],
])("%d ms are shown as %s", (spanMs, text) => {
  expect(formatSpan(spanMs)).toBe(text);
});

test.each([
  [null, "-"],
  [0.04, "0.0"],
  [8, "8.0"],
  [9.96, "10"],
  [310.4, "310"],
  [1e300, ">9999"],
])("phi %d is shown as %s", (phi, text) => {
  expect(formatPhi(phi)).toBe(text);
});

test("the bar is empty at 0, half full at half the level, and full from the level on", () => {
  const bar = (phi: number) => formatPhiBar(PLAIN, phi, 8, 4);
  expect([bar(0), bar(4), bar(8), bar(80)]).toEqual(["    ", "██  ", "████", "████"]);
});

test("names are listed as people list them", () => {
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(formatNames)).toEqual([
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
});

test("one is singular", () => {
  expect([formatCount(1, "ping"), formatCount(0, "ping")]).toEqual(["1 ping", "0 pings"]);
});
