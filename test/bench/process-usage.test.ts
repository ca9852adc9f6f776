import { expect, test } from "vitest";
import { parseProcessUsage } from "../../src/bench/process-usage.ts";

const STATUS = "Name:\tnode\nVmHWM:\t   90000 kB\nVmRSS:\t   58368 kB\nThreads:\t11\n";

test("CPU time is that of user and system together, in hundredths of a second", () => {
  const stat = "7 (node) S 1 7 7 0 -1 4194304 100 0 5 0 120 30 0 0 20 0 11 0 5000 0 0";
  expect(parseProcessUsage(stat, STATUS)).toEqual({ cpuMs: 1_500, residentBytes: 58_368 * 1024 });
});

test("a command name with spaces and parentheses shifts no field", () => {
  const stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 100 0 5 0 120 30 0 0 20 0 11 0 5000 0 0";
  expect(parseProcessUsage(stat, STATUS)?.cpuMs).toBe(1_500);
});

test("a process that has ended uses nothing that could be told", () => {
  const stat = "7 (node) Z 1 7 7 0 -1 4194304 100 0 5 0 120 30 0 0 20 0 11 0 5000 0 0";
  expect(parseProcessUsage(stat, "Name:\tnode\nState:\tZ (zombie)\n")).toBeUndefined();
});
