import { expect, test } from "vitest";
import { newStartId } from "../../src/daemon/start-id.ts";

test.each([
  ["at the present second", 1_795_000_000, "6afd86c0"],
  ["in 1970 where the clock stands before it", -5, "00000000"],
  ["in 2106 where the clock stands beyond it", 6_000_000_000, "ffffffff"],
])("a start id begins %s", (_, startedAtS, second) => {
  const startId = newStartId(startedAtS);
  expect(startId).toMatch(/^[0-9a-f]{24}$/);
  expect(startId.slice(0, 8)).toBe(second);
});
