import { expect, test } from "vitest";
import { earliest, NEVER } from "../../../src/core/primitives/deadlines.ts";

test("the earliest of several deadlines is the smallest, of none it never comes", () => {
  expect(earliest([30, 10, 20], (at) => at)).toBe(10);
  expect(earliest([], (at: number) => at)).toBe(NEVER);
});
