import { median } from "../../text/quantiles.ts";
import { formatSpan } from "../../text/quantities.ts";

/** A program that the cluster bench can measure. */
export type CandidateName = "hearsay" | "serf";

/** What a figure counts or measures. */
export type Unit =
  | "ms"
  /** How many times as long. */
  | "times"
  | "percent"
  | "MiB"
  | "bytes/s"
  | "datagrams/s"
  /** Each sample is 1 where it happened in that run, 0 where not. */
  | "runs"
  /** Each sample is a number of things; what counts is their sum. */
  | "count";

/** What was measured of one candidate for one line of the table. */
export interface Figure {
  readonly what: string;
  readonly candidate: CandidateName;
  readonly unit: Unit;
  /** Of each run, or of each node. */
  readonly samples: readonly number[];
  /** What hearsay is to reach in profile `lan`. */
  readonly goal?: string;
  /** Whether more than nothing is a fault, whatever the machine: exit code 1 for hearsay. */
  readonly mustBeZero?: true;
}

/** Samples of one figure in three numbers, in the figure's unit. */
export interface Summary {
  readonly median: number;
  readonly max: number;
  readonly sum: number;
}

/** Undefined without samples. */
export function summarize(samples: readonly number[]): Summary | undefined {
  if (samples.length === 0) return undefined;
  const sum = samples.reduce((total, sample) => total + sample, 0);
  return { median: median(samples), max: Math.max(...samples), sum };
}

/** `0.24 s (max 0.31 s)`, `0 of 5`, `0`; `-` without samples. */
export function formatFigure({ unit, samples }: Figure): string {
  const summary = summarize(samples);
  if (summary === undefined) return "-";
  if (unit === "count") return String(summary.sum);
  if (unit === "runs") return `${summary.sum} of ${samples.length}`;
  const median = formatAmount(unit, summary.median);
  return samples.length === 1 ? median : `${median} (max ${formatAmount(unit, summary.max)})`;
}

function formatAmount(unit: Exclude<Unit, "runs" | "count">, amount: number): string {
  switch (unit) {
    case "ms":
      return formatSpan(amount);
    case "times":
      return `${amount.toFixed(2)} ×`;
    case "percent":
      return `${amount.toFixed(2)} %`;
    case "MiB":
      return `${amount.toFixed(1)} MiB`;
    case "bytes/s":
      return amount < 1_000 ? `${Math.round(amount)} B/s` : `${(amount / 1_000).toFixed(1)} kB/s`;
    case "datagrams/s":
      return `${amount.toFixed(1)} /s`;
  }
}
