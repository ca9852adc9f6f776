import { median } from "../../text/quantiles.ts";
import { formatTable, right } from "../../text/table.ts";

/** What a figure counts or measures; empty for a plain count. */
export type DiscoveryUnit = "%" | "ms" | "MiB" | "/s" | "";

/** One line of the table. */
export interface DiscoveryFigure {
  readonly what: string;
  readonly unit: DiscoveryUnit;
  /** Of each run. */
  readonly samples: readonly number[];
  readonly goal: { readonly atMost: number } | { readonly atLeast: number } | null;
  /** Whether to miss the goal is a fault, whatever the machine: exit code 1. */
  readonly must: boolean;
}

/** Whether every run met the goal. */
export function isMet({ samples, goal }: DiscoveryFigure): boolean {
  if (goal === null) return true;
  return samples.every((sample) =>
    "atMost" in goal ? sample <= goal.atMost : sample >= goal.atLeast,
  );
}

/** The table as lines of text, with a title line. */
export function formatFigures(figures: readonly DiscoveryFigure[]): string[] {
  const columns = ["WHAT", right("GOAL"), right("MEDIAN"), right("WORST"), ""];
  const rows = figures.map((figure) => {
    const { what, unit, samples, goal } = figure;
    const worst = goal !== null && "atLeast" in goal ? Math.min(...samples) : Math.max(...samples);
    return [
      what,
      formatGoal(figure),
      formatAmount(median(samples), unit),
      formatAmount(worst, unit),
      isMet(figure) ? "" : "missed",
    ];
  });
  return formatTable(columns, rows);
}

function formatGoal({ goal, unit }: DiscoveryFigure): string {
  if (goal === null) return "-";
  return "atMost" in goal
    ? `≤ ${formatAmount(goal.atMost, unit)}`
    : `≥ ${formatAmount(goal.atLeast, unit)}`;
}

function formatAmount(amount: number, unit: DiscoveryUnit): string {
  if (Number.isNaN(amount)) return "-";
  const digits = Number.isInteger(amount) || amount >= 100 ? 0 : 2;
  return `${amount.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
}
