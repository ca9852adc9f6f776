import { expect, test } from "vitest";
import type { Figure } from "../../../src/bench/cluster/figure.ts";
import { makePlan } from "../../../src/bench/cluster/plan.ts";
import { type BenchReport, formatReport, reportBody } from "../../../src/bench/cluster/report.ts";

const FIGURES: readonly Figure[] = [
  { what: "leave", candidate: "hearsay", unit: "ms", goal: "≤ 0.5 s", samples: [30, 20] },
  { what: "leave, dead", candidate: "hearsay", unit: "runs", samples: [0, 0], mustBeZero: true },
  { what: "leave", candidate: "serf", unit: "ms", samples: [400] },
];

function report(profile: "lan" | "local"): BenchReport {
  return {
    conditions: {
      date: "2026-01-02T03:04:05.678Z",
      system: "Linux 6.1",
      processor: "some CPU",
      cores: 2,
      memoryGiB: 4,
      load: 0.1,
      node: "v20.20.2",
      hearsay: "0.1.0",
      serf: "0.9.4",
    },
    plan: makePlan({ preset: "full", profile }),
    candidates: ["hearsay", "serf"],
    figures: FIGURES,
    faults: [],
  };
}

const lineOf = (lines: readonly string[], begin: string) =>
  lines.find((line) => line.startsWith(begin))?.split(/\s{2,}/);

test("figures of the same thing stand side by side, and what was not measured is a dash", () => {
  const lines = formatReport(report("lan"));
  expect(lineOf(lines, "leave ")).toEqual(["leave", "≤ 0.5 s", "25 ms (max 30 ms)", "0.40 s"]);
  expect(lineOf(lines, "leave, dead")).toEqual(["leave, dead", "0 of 2", "-"]);
});

test("goals are those of profile lan, and no other is held against them", () => {
  expect(lineOf(formatReport(report("local")), "PROFILE")).toEqual([
    "PROFILE local",
    "HEARSAY",
    "SERF",
  ]);
});

test("the table says on what it was measured", () => {
  const [programs, machine] = formatReport(report("lan"));
  expect(programs).toBe("hearsay 0.1.0, Serf 0.9.4, Node v20.20.2, 2026-01-02 03:04 UTC");
  expect(machine).toContain("2 cores (some CPU), 4 GiB, load 0.1");
});

test("the JSON holds every sample with its median and maximum", () => {
  expect(reportBody(report("lan"))).toMatchObject({
    figures: [{ what: "leave", samples: [30, 20], median: 25, max: 30 }, {}, { median: 400 }],
  });
});
