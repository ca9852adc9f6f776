import { expect, test } from "vitest";
import { makePlan, parseRows, parseSizes, ROW_NAMES } from "../../../src/bench/cluster/plan.ts";

test("the command line outranks the preset, which decides the rest", () => {
  const plan = makePlan({ preset: "full", runs: 2, sizes: [7], idleMs: 10_000 });
  expect(plan).toMatchObject({ runs: 2, killSizes: [7], startSizes: [7], idleMs: 10_000 });
  expect(plan).toMatchObject({ rows: ROW_NAMES, profile: "lan", stableMs: 120_000 });
});

test("the short preset measures every row once", () => {
  expect(makePlan({ preset: "short" })).toMatchObject({ rows: ROW_NAMES, runs: 1 });
});

test("rows come in the order of the table, each once", () => {
  expect(parseRows("--rows", "leave, kill,leave")).toEqual(["kill", "leave"]);
});

test("a row that does not exist is refused with those that do", () => {
  expect(() => parseRows("--rows", "kill,crash")).toThrow(
    '--rows: "crash" is no row; choose among kill,stop,back,start,leave,idle,stable',
  );
});

test("a cluster has three members at least", () => {
  expect(parseSizes("--sizes", "3, 30")).toEqual([3, 30]);
  expect(() => parseSizes("--sizes", "5,2")).toThrow('--sizes: "2"');
});
