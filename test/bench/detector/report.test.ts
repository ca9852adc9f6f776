import { expect, test } from "vitest";
import { chooseCases } from "../../../src/bench/detector/detector-plan.ts";
import type { CaseFigures } from "../../../src/bench/detector/report/figures.ts";
import {
  BEGIN_MARK,
  END_MARK,
  insertReport,
  markdownReport,
} from "../../../src/bench/detector/report/markdown.ts";
import {
  plotCostAgainstSize,
  plotTimeAgainstFalseDeaths,
} from "../../../src/bench/detector/report/plots.ts";
import { reproductionRows } from "../../../src/bench/detector/report/reproduction.ts";
import { renderPlot } from "../../../src/bench/detector/report/svg-plot.ts";
import { reportTables } from "../../../src/bench/detector/report/tables.ts";
import { ConfigError } from "../../../src/core/errors.ts";

test("the short preset runs each of its workloads once, at one size, for everybody", () => {
  const cases = chooseCases({ preset: "short", rngSeed: 1 });
  expect(new Set(cases.map(({ size }) => size))).toEqual(new Set([8]));
  expect(cases.every(({ trials }) => trials.length === 1)).toBe(true);
  expect(new Set(cases.map(({ candidate }) => candidate)).size).toBe(5);
});

test("workloads are chosen by name or by group, sizes by number", () => {
  const cases = chooseCases({
    preset: "full",
    workloads: ["idle", "newcomers"],
    sizes: [4],
    rngSeed: 1,
  });
  expect(new Set(cases.map(({ workload }) => workload.name))).toEqual(
    new Set(["idle", "rolling-restart", "join-burst"]),
  );
  expect(new Set(cases.map(({ size }) => size))).toEqual(new Set([4]));
});

test("a row has as many runs as its workload says, or fewer if asked", () => {
  const runsOf = (runs?: number) => {
    const cases = chooseCases({
      preset: "full",
      workloads: ["idle", "freeze-5s"],
      runs,
      rngSeed: 1,
    });
    return [...new Set(cases.map(({ trials }) => trials.length))].sort((a, b) => a - b);
  };
  expect(runsOf()).toEqual([1, 2, 10, 20]);
  expect(runsOf(3)).toEqual([1, 2, 3]);
});

test("an unknown workload is refused with the names that there are", () => {
  const choose = () => chooseCases({ preset: "full", workloads: ["idel"], rngSeed: 1 });
  expect(choose).toThrow(ConfigError);
  expect(choose).toThrow(
    /"idel" is not a workload; name a group \(crashes, .*\) or some of .*idle/,
  );
});

test("a group has a table of its own columns, its rows in the order of the figures", () => {
  const rows = [
    figures({ workload: "idle", group: "calm" }),
    figures({ times: { all: { samples: 2, p50: 1234, p99: 5678, max: 5678 } } }),
    figures({ candidate: "swim" }),
  ];
  const tables = reportTables(rows);
  expect(tables.map(({ group }) => group)).toEqual(["crashes", "calm"]);
  const at = tables[0]?.columns.indexOf("all know, p50 / p99") ?? -1;
  expect(tables[0]?.rows.map((row) => row[at])).toEqual(["1.23 / 5.68 s", "-"]);
});

test("our figure stands beside the study's with the verdict", () => {
  const host = { workload: "host-crash", candidate: "hearsay-udp" } as const;
  const slow = { samples: 2, p50: 9000, p99: 9000, max: 9000 };
  expect(reproductionRows([figures({ ...host, times: { all: slow } })])).toEqual([
    ["host-crash, n = 8: all know, median", "hearsay-udp", "3.81 s", "9.00 s", "higher"],
  ]);
});

test("short times are said in milliseconds", () => {
  const [table] = reportTables([
    figures({ times: { all: { samples: 2, p50: 6.6, p99: 8.1, max: 8.1 } } }),
    figures({ times: { all: { samples: 2, p50: 6.6, p99: 100, max: 100 } } }),
  ]);
  const at = table?.columns.indexOf("all know, p50 / p99") ?? -1;
  expect(table?.rows.map((row) => row[at])).toEqual(["7 / 8 ms", "0.01 / 0.10 s"]);
});

test("a time that only some of the faulty have says of how many", () => {
  const told = { samples: 3, p50: 900, p99: 1100, max: 1100 };
  const freeze = { workload: "freeze-2s", group: "standstills" } as const;
  const [table] = reportTables([
    figures({ ...freeze, counts: { faulty: 4 }, times: { frozenToOne: told, frozenToAll: told } }),
    figures({ ...freeze, counts: { faulty: 3 }, times: { frozenToOne: told } }),
  ]);
  const at = table?.columns.indexOf("told as frozen to one, p50 / max") ?? -1;
  expect(table?.rows.map((row) => row.slice(at, at + 2))).toEqual([
    ["0.90 / 1.10 s (3)", "0.90 / 1.10 s (3)"],
    ["0.90 / 1.10 s", "-"],
  ]);
});

test("the report says how fast Lifeguard was made to cost what hearsay costs", () => {
  const idle = { workload: "idle", group: "calm", candidate: "lifeguard-same-traffic" } as const;
  const rows = [figures({ ...idle, size: 32, pace: 0.2 }), figures({ ...idle, pace: 0.1234 })];
  const report = markdownReport(rows, { command: "x", version: "1", cases: [], plots: [] });
  expect(report).toContain("it probes every 123 ms at n = 8, 200 ms at n = 32.");
  expect(
    markdownReport([figures({})], { command: "x", version: "1", cases: [], plots: [] }),
  ).not.toContain("it probes every");
});

test("a report replaces what stood between the marks and nothing else", () => {
  const document = `before\n${BEGIN_MARK}\nold\n${END_MARK}\nafter\n`;
  const once = insertReport(document, "new", "x.md");
  expect(once).toBe(`before\n${BEGIN_MARK}\n\nnew\n\n${END_MARK}\nafter\n`);
  expect(insertReport(once, "new", "x.md")).toBe(once);
});

test("a document without the marks is refused", () => {
  expect(() => insertReport(`${END_MARK}${BEGIN_MARK}`, "new", "x.md")).toThrow(
    /--out: x\.md has no place for the report; put the lines/,
  );
});

test("the report names its command, its workloads and its plots", () => {
  const cases = chooseCases({ preset: "short", workloads: ["idle"], rngSeed: 1 });
  const report = markdownReport([figures({ workload: "idle", group: "calm" })], {
    ...{ command: "hearsay bench detector", version: "1.2.3", cases, plots: ["cost.svg"] },
  });
  expect(report).toContain("`hearsay bench detector`, hearsay 1.2.3");
  expect(report).toContain("- `idle`: Nothing happens");
  expect(report).toContain("![cost.svg](cost.svg)");
  expect(report).toContain("| idle | 8 | hearsay | 1 | 0 | 0 | 0 | 5.0 | 0.2 | 300 |");
});

test("the plot of cost has a point for each size, further right and higher for more", () => {
  const rows = [8, 32].flatMap((size) => [
    figures({ workload: "idle", size, datagramsPerNodeSecond: size }),
    figures({ workload: "idle", size, candidate: "swim" }),
  ]);
  const svg = plotCostAgainstSize(rows) ?? "";
  const points = /<polyline points="([\d.]+),([\d.]+) ([\d.]+),([\d.]+)"/.exec(svg);
  const [, x8, y8, x32, y32] = (points ?? []).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  expect(x32).toBeGreaterThan(x8);
  expect(y32).toBeLessThan(y8);
  expect(svg.match(/<polyline/g)).toHaveLength(2);
});

test("the plot of time against false deaths joins a crash and a calm run of the same loss", () => {
  const known = { samples: 1, p50: 3000, p99: 3000, max: 3000 };
  const rows = ["host-crash", "host-crash-loss-30"].map((workload) =>
    figures({ workload, times: { all: { ...known, p50: workload.length * 200 } } }),
  );
  const calm = ["calm-loss-0", "calm-loss-30"].map((workload) =>
    figures({ workload, group: "calm", counts: { falseDeaths: 7 } }),
  );
  const svg = plotTimeAgainstFalseDeaths([...rows, ...calm]) ?? "";
  expect(svg.match(/<circle/g)).toHaveLength(1 + 2);
  expect(svg).toContain(">30 %</text>");
});

const PLOT = {
  title: "a plot",
  x: { title: "x", scale: "linear", ticks: [0, 10] },
  y: { title: "y", scale: "linear", ticks: [0, 10] },
} as const;

test("points of a series that lie together have one label, from the first to the last", () => {
  const at = (x: number, label: string) => ({ x, y: 0, label });
  const points = [at(1, "0 %"), at(1.1, "10 %"), at(1.2, "20 %"), at(6, "30 %")];
  const svg = renderPlot({
    ...PLOT,
    series: [{ name: "a", color: "red", marker: "circle", points }],
  });
  expect([...svg.matchAll(/>([^<]*%)</g)].map(([, label]) => label)).toEqual(["0–20 %", "30 %"]);
});

test("a series that another one hides is drawn with a rim that is seen", () => {
  const points = [
    { x: 1, y: 2 },
    { x: 9, y: 2 },
  ];
  const below = { name: "a", color: "red", marker: "circle", points } as const;
  const svg = renderPlot({ ...PLOT, series: [below, { ...below, name: "b", color: "blue" }] });
  const size = (color: string) =>
    Number(new RegExp(`r="([\\d.]+)" fill="${color}"`).exec(svg)?.[1] ?? 0);
  const wide = (color: string) =>
    Number(new RegExp(`stroke="${color}" stroke-width="(\\d+)"`).exec(svg)?.[1] ?? 0);
  expect(size("red")).toBeGreaterThan(size("blue") + 2);
  expect(wide("red")).toBeGreaterThan(wide("blue") + 2);
});

test("without figures there is no plot", () => {
  expect(plotCostAgainstSize([])).toBeUndefined();
  expect(plotTimeAgainstFalseDeaths([])).toBeUndefined();
});

function figures(changes: Partial<CaseFigures>): CaseFigures {
  return {
    ...{ workload: "process-crash", group: "crashes", size: 8, candidate: "hearsay", trials: 1 },
    ...{ pace: 1, times: {}, counts: {} },
    ...{ datagramsPerNodeSecond: 5, segmentsPerNodeSecond: 0.2, bytesPerNodeSecond: 300 },
    ...changes,
  };
}
