import { expect, test } from "vitest";
import { WireError } from "../../src/core/errors.ts";

const framesOf = ({ stack = "" }: Error) => stack.split("\n").length - 1;

test("a peer's mistake takes no stack, and other errors do", () => {
  expect(framesOf(new WireError("version", "7"))).toBe(0);
  expect(new WireError("version", "7").message).toBe("version: 7");
  expect(framesOf(new Error("ours"))).toBeGreaterThan(0);
});
