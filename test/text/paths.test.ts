import { expect, test } from "vitest";
import type { PathReport } from "../../src/core/snapshot.ts";
import { describePathsTo, isWorthARow, pathRow, summarizePaths } from "../../src/text/paths.ts";

const path = (fields: Partial<PathReport> = {}): PathReport => ({
  ...{ from: "a", to: "b", ok: 3, of: 3, rttMs: 1.234, downForMs: null, how: "ack" },
  ...fields,
});
const LOSSY = path({ ok: 2 });
const DOWN = path({ ok: 0, rttMs: null, downForMs: 3_200, how: "nack" });
const UNTRIED = path({ ok: 0, of: 0, rttMs: null });

test("a path is up, down since when, or loses some", () => {
  expect(pathRow(path())).toEqual(["a", "b", "up", "3 of 3", "1.2 ms"]);
  expect(pathRow(LOSSY)).toEqual(["a", "b", "loses some", "2 of 3", "1.2 ms"]);
  expect(pathRow(DOWN)).toEqual(["a", "b", "down for 3.2 s", "0 of 3", "-"]);
  expect(pathRow(UNTRIED)).toEqual(["a", "b", "not tried yet", "-", "-"]);
  expect([path(), LOSSY, DOWN, UNTRIED].map(isWorthARow)).toEqual([false, true, true, false]);
});

test("one sentence sums them up", () => {
  expect(summarizePaths([])).toBe("no path was tried yet; ask again in a few seconds");
  expect(summarizePaths([path(), path()])).toBe("all 2 paths are up");
  expect(summarizePaths([path(), LOSSY])).toBe("none of 2 paths is down, 1 loses some");
  expect(summarizePaths([path(), DOWN])).toBe("1 of 2 paths is down");
  expect(summarizePaths([DOWN, DOWN, LOSSY])).toBe("2 of 3 paths are down, 1 loses some");
});

test("of the paths to one member those with a fault are named", () => {
  expect(describePathsTo([UNTRIED])).toEqual([]);
  expect(describePathsTo([path(), path()])).toEqual([
    "every member that was asked reaches it: 2 of 2",
  ]);
  expect(describePathsTo([LOSSY])).toEqual(["a → b 2 of 3"]);
});
