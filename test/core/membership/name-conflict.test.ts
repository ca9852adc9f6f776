import { describe, expect, test } from "vitest";
import { isRival, mustYield, mustYieldAlone } from "../../../src/core/membership/name-conflict.ts";
import { endpointOf, startIdOf } from "../builders.ts";

const OLD = startIdOf("b", 1);
const YOUNG = startIdOf("b", 2);

test("a rival is another start at another address", () => {
  const holder = { startId: OLD, endpoint: endpointOf("b") };
  const elsewhere = endpointOf("other");
  expect(isRival({ startId: YOUNG, endpoint: elsewhere }, holder)).toBe(true);
  expect(isRival({ startId: YOUNG, endpoint: holder.endpoint }, holder)).toBe(false);
  expect(isRival({ startId: OLD, endpoint: elsewhere }, holder)).toBe(false);
});

describe("an owner yields", () => {
  test("when more than half of those that it asked hold the other, even a younger one", () => {
    expect(mustYield([YOUNG, YOUNG, OLD], OLD, YOUNG)).toBe(true);
    expect(mustYield([YOUNG, undefined], OLD, YOUNG)).toBe(false);
    expect(mustYield([YOUNG, null], OLD, YOUNG)).toBe(false);
  });

  test("of a tie, the younger one", () => {
    expect(mustYield([OLD, YOUNG], YOUNG, OLD)).toBe(true);
    expect(mustYield([OLD, YOUNG], OLD, YOUNG)).toBe(false);
  });

  test("not without an answer", () => {
    expect(mustYield([undefined, undefined], YOUNG, OLD)).toBe(false);
  });

  test("with no member to ask, the younger one to an address that it was given", () => {
    expect(mustYieldAlone(YOUNG, OLD, true)).toBe(true);
    expect(mustYieldAlone(YOUNG, OLD, false)).toBe(false);
    expect(mustYieldAlone(OLD, YOUNG, true)).toBe(false);
  });
});
