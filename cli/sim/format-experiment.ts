import type { Detection, TimelineRow } from "../../src/sim/experiment/detections.ts";
import type { ExperimentResult } from "../../src/sim/experiment/experiment.ts";
import { quantile } from "../../src/text/quantiles.ts";
import { formatSpan } from "../../src/text/quantities.ts";
import { formatTable, right } from "../../src/text/table.ts";
import type { TextStyle } from "../format/text-style.ts";

const KINDS: Readonly<Record<Detection["kind"], string>> = {
  crash: "process crash",
  "host-crash": "host crash",
};

/** The result as lines: how ends became known, what it cost, and what went on when. */
export function formatExperiment(
  result: ExperimentResult,
  tookS: number,
  style: TextStyle,
): string[] {
  const { steps, delivered, digest, isConverged } = result;
  const rate = Math.round(steps / tookS);
  const views = isConverged ? "one view at the end" : "views differ at the end";
  return [
    ...formatDetections(result.detections),
    "",
    ...formatCost(result),
    "",
    ...formatTimeline(result.timeline, style),
    "",
    `${steps} steps, ${delivered} datagrams in ${tookS.toFixed(1)} s (${rate} steps/s); ${views}; digest ${digest}`,
  ];
}

function formatDetections(detections: readonly Detection[]): string[] {
  if (detections.length === 0) return ["nothing ended"];
  const times = ["FIRST SUSPECT p50", "p99", "FIRST DEAD p50", "p99", "ALL KNOW p50", "p99"];
  const columns = ["WHAT ENDED", ...["COUNT", ...times, "NOT KNOWN TO ALL"].map(right)];
  const rows = (["crash", "host-crash"] as const).flatMap((kind) => {
    const of = detections.filter((detection) => detection.kind === kind);
    if (of.length === 0) return [];
    const unknown = of.filter(({ allKnowMs }) => allKnowMs === null).length;
    const spans = (["firstSuspectMs", "firstDeadMs", "allKnowMs"] as const).flatMap((name) =>
      spansOf(of.map((detection) => detection[name])),
    );
    return [[KINDS[kind], String(of.length), ...spans, String(unknown)]];
  });
  return formatTable(columns, rows);
}

function spansOf(values: readonly (number | null)[]): string[] {
  const known = values.filter((value) => value !== null);
  return [0.5, 0.99].map((at) => {
    const value = quantile(known, at);
    return Number.isNaN(value) ? "-" : formatSpan(value);
  });
}

function formatCost({ falseDeaths, traffic }: ExperimentResult): string[] {
  return [
    `running members declared dead: ${falseDeaths}`,
    `sent by a node: ${traffic.datagrams.toFixed(1)} datagrams/s, ${Math.round(traffic.bytes)} B/s`,
  ];
}

function formatTimeline(timeline: readonly TimelineRow[], { ascii }: TextStyle): string[] {
  const figures = ["TIME", "ENDED", "VIEWS: SUSPECT", "DEAD", "RETURNED", "FALSE"];
  const busiest = Math.max(1, ...timeline.map(({ dead }) => dead));
  const rows = timeline.map((row) => [
    `${row.fromMs / 1000} s`,
    ...[row.crashed, row.suspected, row.dead, row.returned, row.falseDeaths].map(formatNumber),
    (ascii ? "#" : "█").repeat(Math.ceil((20 * row.dead) / busiest)),
  ]);
  return formatTable([...figures.map(right), ""], rows);
}

function formatNumber(value: number): string {
  return value === 0 ? "-" : String(value);
}
