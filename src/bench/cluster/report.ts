import { type Column, formatTable, right } from "../../text/table.ts";
import type { Conditions } from "../conditions.ts";
import { type CandidateName, type Figure, formatFigure, summarize } from "./figure.ts";
import type { BenchPlan } from "./plan.ts";

/** All that a run has found. */
export interface BenchReport {
  readonly conditions: Conditions;
  readonly plan: BenchPlan;
  readonly candidates: readonly CandidateName[];
  readonly figures: readonly Figure[];
  /** Rows that could not be measured, and faults that no machine excuses. */
  readonly faults: readonly string[];
}

/** The table with what it depends on above it, and how to read it below. */
export function formatReport(report: BenchReport): string[] {
  const { conditions, plan, candidates } = report;
  const { date, system, processor, cores, memoryGiB, load, node, hearsay, serf } = conditions;
  const beside = serf === null || !candidates.includes("serf") ? "" : `, Serf ${serf}`;
  const showGoals = plan.profile === "lan";
  const columns: Column[] = [
    `PROFILE ${plan.profile}`,
    ...(showGoals ? [right("GOAL")] : []),
    ...candidates.map((name) => right(name.toUpperCase())),
  ];
  const rows = linesOf(report.figures).map(([what, figures]) => [
    what,
    ...(showGoals ? [figures.find(({ goal }) => goal !== undefined)?.goal ?? ""] : []),
    ...candidates.map((name) => {
      const figure = figures.find(({ candidate }) => candidate === name);
      return figure === undefined ? "-" : formatFigure(figure);
    }),
  ]);
  return [
    `hearsay ${hearsay}${beside}, Node ${node}, ${date.slice(0, 16).replace("T", " ")} UTC`,
    `${system}, ${cores} cores (${processor}), ${memoryGiB} GiB, load ${load} at the start`,
    "",
    ...formatTable(columns, rows),
    "",
    "Real processes on loopback. Median (max) of the runs; idle: of the nodes.",
    "A time ends when the last node concerned reports it, by hearsay's own clock; for Serf, when its log line is read.",
    "After a SIGKILL nothing is read from hearsay for 0.5 s, so that the reader takes no share of the processor.",
  ];
}

/** The report for programs. */
export function reportBody(report: BenchReport): object {
  const { conditions, plan, figures, faults } = report;
  return {
    conditions,
    plan,
    figures: figures.map((figure) => {
      const summary = summarize(figure.samples);
      return { ...figure, median: summary?.median ?? null, max: summary?.max ?? null };
    }),
    faults,
  };
}

/** Figures of the same thing side by side, in the order in which the first one was measured. */
function linesOf(figures: readonly Figure[]): [string, Figure[]][] {
  const lines = new Map<string, Figure[]>();
  for (const figure of figures) {
    lines.set(figure.what, [...(lines.get(figure.what) ?? []), figure]);
  }
  return [...lines];
}
