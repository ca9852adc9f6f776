import { expect, test } from "vitest";
import { describeTimes } from "../../../cli/demo/narrator.ts";

test("times are told with the fastest and the slowest", () => {
  const times = new Map([
    ["n1", 181],
    ["n2", 252.4],
    ["n3", 90],
  ]);
  expect(describeTimes(times)).toBe("by all 3 after 252 ms (fastest n3 90 ms, slowest n2 252 ms)");
});

test("one viewer is neither fastest nor slowest", () => {
  expect(describeTimes(new Map([["n1", 181]]))).toBe("by n1 after 181 ms");
});
