import { expect, test } from "vitest";
import { makePlan, ROW_NAMES } from "../../../src/bench/cluster/plan.ts";

test("the command line outranks the preset, which decides the rest", () => {
  const plan = makePlan({ preset: "full", runs: 2, sizes: [7], idleMs: 10_000 });
  expect(plan).toMatchObject({ runs: 2, killSizes: [7], startSizes: [7], idleMs: 10_000 });
  expect(plan).toMatchObject({ rows: ROW_NAMES, profile: "lan", stableMs: 120_000 });
});

test("the short preset measures every row once", () => {
  expect(makePlan({ preset: "short" })).toMatchObject({ rows: ROW_NAMES, runs: 1 });
});
