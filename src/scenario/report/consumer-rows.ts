import type { ConsumerFigures, ConsumerRecord, RunRecord } from "../run-record.ts";
import { formatSeconds, formatSpread } from "./amounts.ts";

/** Who decided what, and what that came to: title row first; no rows without consumers. */
export function consumerRows(consumers: readonly ConsumerRecord[]): string[][] {
  if (consumers.length === 0) return [];
  const titles = ["crash known after", "false alarms", "wrongly out", "least in use"];
  return [
    ["who decided", ...titles],
    ...consumers.map(({ name, members, figures }) => [
      name,
      crashKnown(figures),
      String(figures.falseAlarms),
      formatSeconds(figures.wronglyOutMs),
      figures.least === null ? "-" : `${figures.least} of ${members.length}`,
    ]),
  ];
}

/** The consumers of several runs of one scenario, each as one that lived through all of them. */
export function consumersOverRuns(
  runs: readonly Pick<RunRecord, "consumers">[],
): readonly ConsumerRecord[] {
  const [first, ...others] = runs.map(({ consumers }) => consumers);
  return (first ?? []).map((consumer, at) => {
    const figures = others.flatMap((run) => run[at]?.figures ?? []);
    return { ...consumer, figures: figures.reduce(together, consumer.figures) };
  });
}

function together(a: ConsumerFigures, b: ConsumerFigures): ConsumerFigures {
  return {
    crashesKnownMs: [...a.crashesKnownMs, ...b.crashesKnownMs],
    crashesUnknown: a.crashesUnknown + b.crashesUnknown,
    falseAlarms: a.falseAlarms + b.falseAlarms,
    wronglyOutMs: a.wronglyOutMs + b.wronglyOutMs,
    least: leastOf(a.least, b.least),
    panicMs: a.panicMs + b.panicMs,
  };
}

/** A run in which never all were in use says nothing of it. */
function leastOf(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function crashKnown({ crashesKnownMs, crashesUnknown }: ConsumerRecord["figures"]): string {
  if (crashesUnknown > 0) {
    return crashesKnownMs.length === 0 ? "not in time" : `${crashesUnknown} not in time`;
  }
  return crashesKnownMs.length === 0 ? "-" : formatSpread(crashesKnownMs);
}
