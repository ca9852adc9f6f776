import { expect, test } from "vitest";
import { formatPlan } from "../../../cli/scenario/plan.ts";
import { defineScenario } from "../../../src/scenario/language/define-scenario.ts";
import { PLAIN } from "../plain.ts";

const scenario = defineScenario({
  name: "cut",
  nodes: ["a", "b", "c"],
  config: { profile: "local" },
  steps: [
    { start: "all" },
    { await: "converged", within: "5s" },
    {
      isolate: "c",
      for: "10s",
      during: [{ await: { isolated: "c" }, within: "2s" }, { wait: "4s" }],
    },
    { await: "converged", within: "5s" },
  ],
  always: [{ never: { dead: "anyone", seen_by: "c" } }],
  thresholds: { false_deaths: "<= 0" },
});

test("the plan shows what lasts as a bar, what is waited for as dots, on one scale", () => {
  expect(formatPlan(PLAIN, scenario, 66)).toEqual([
    "cut: 3 nodes, profile local, 10 s at least",
    "                                0s         5s        10s",
    " start all                      │",
    " await converged, within 5 s    ┄┄┄┄┄┄┄┄┄┄┄",
    " isolate c for 10s              █████████████████████",
    "   await c isolated, within 2 s ┄┄┄┄",
    "   wait 4s                      ━━━━━━━━━",
    " await converged, within 5 s                         ┄┄┄┄┄┄┄┄┄┄┄",
    " all the time: never anyone that runs dead, seen by c",
    " at the end: false_deaths <= 0",
  ]);
});

test("a plan in ASCII holds nothing else", () => {
  const text = formatPlan({ color: false, ascii: true }, scenario, 66).join("\n");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what it is about
  expect(text).toMatch(/^[\x00-\x7f]*$/);
});

test("the plan tells who offers what, and who uses it", () => {
  const served = defineScenario({
    name: "served",
    nodes: ["a", "b"],
    services: { web: { nodes: "b" } },
    consumers: {
      lb: { at: "a", uses: "web", max_phi: 3 },
      naive: { at: "a", watches: "b", timeout: "2s" },
    },
    steps: [{ start: "all" }],
  });
  expect(formatPlan(PLAIN, served, 66).slice(1, 4)).toEqual([
    " service web: b",
    " consumer lb: at a, uses web at maxPhi 3",
    " consumer naive: at a, watches b with a timeout of 2s",
  ]);
});
