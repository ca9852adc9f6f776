import { CANDIDATE_NAMES, type CandidateName } from "../candidates/candidate.ts";
import type { CaseFigures } from "./figures.ts";
import { type PlotSeries, renderPlot } from "./svg-plot.ts";

/** Colours that stay apart for red-green blindness; the marker says the same. */
const LOOKS: Readonly<Record<CandidateName, Pick<PlotSeries, "name" | "color" | "marker">>> = {
  hearsay: { name: "hearsay", color: "#0072b2", marker: "circle" },
  "hearsay-udp": { name: "hearsay, datagrams alone", color: "#56b4e9", marker: "ring" },
  swim: { name: "plain SWIM", color: "#e69f00", marker: "square" },
  lifeguard: { name: "SWIM + Lifeguard", color: "#cc79a7", marker: "diamond" },
  "lifeguard-same-traffic": { name: "Lifeguard, same traffic", color: "#808890", marker: "frame" },
};

const LOSSES = [0, 10, 20, 30];
const SECONDS_STEP = 2;

/**
 * How soon all know a silent host, against how many living are called dead at the same loss; one
 * point a loss. Undefined where the figures hold too little of it. At the largest size measured.
 */
export function plotTimeAgainstFalseDeaths(figures: readonly CaseFigures[]): string | undefined {
  const size = largestSize(figures, "calm-loss-30");
  if (size === undefined) return undefined;
  const series = seriesOf((candidate) =>
    LOSSES.flatMap((loss) => {
      const crash = find(figures, loss === 0 ? "host-crash" : `host-crash-loss-${loss}`);
      const calm = find(figures, `calm-loss-${loss}`);
      const known = crash(candidate, size)?.times.all;
      const deaths = calm(candidate, size)?.counts.falseDeaths;
      if (known === undefined || deaths === undefined) return [];
      return [{ x: known.p50 / 1000, y: deaths, label: `${loss} %` }];
    }),
  );
  if (series.length === 0) return undefined;
  const points = series.flatMap((one) => one.points);
  return renderPlot({
    title: `Time to know a silent host against false deaths, n = ${size}, by loss`,
    x: {
      title: "all know a silent host, median (s)",
      scale: "linear",
      ticks: evenTicks(Math.max(...points.map(({ x }) => x))),
    },
    y: {
      title: "false deaths in all runs",
      scale: "log1",
      ticks: [0, ...decades(1, Math.max(1, ...points.map(({ y }) => y)))],
    },
    series,
  });
}

/** Messages that a node of an idle cluster sends a second, by the cluster's size. */
export function plotCostAgainstSize(figures: readonly CaseFigures[]): string | undefined {
  const series = seriesOf((candidate) =>
    figures
      .filter((row) => row.workload === "idle" && row.candidate === candidate)
      .map((row) => ({ x: row.size, y: row.datagramsPerNodeSecond }))
      .sort((a, b) => a.x - b.x),
  ).filter(({ points }) => points.length > 1);
  if (series.length === 0) return undefined;
  const points = series.flatMap((one) => one.points);
  const sizes = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  return renderPlot({
    title: "What an idle node sends, by the size of the cluster",
    x: { title: "members", scale: "log", ticks: sizes },
    y: {
      title: "messages a second and node",
      scale: "log",
      ticks: decades(Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y))),
    },
    series,
  });
}

function seriesOf(pointsOf: (candidate: CandidateName) => PlotSeries["points"]): PlotSeries[] {
  return CANDIDATE_NAMES.map((candidate) => ({
    ...LOOKS[candidate],
    points: pointsOf(candidate),
  })).filter(({ points }) => points.length > 0);
}

function largestSize(figures: readonly CaseFigures[], workload: string): number | undefined {
  const sizes = figures.filter((row) => row.workload === workload).map(({ size }) => size);
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}

function find(figures: readonly CaseFigures[], workload: string) {
  return (candidate: CandidateName, size: number): CaseFigures | undefined =>
    figures.find(
      (row) => row.workload === workload && row.size === size && row.candidate === candidate,
    );
}

function evenTicks(max: number): number[] {
  const count = Math.ceil(max / SECONDS_STEP);
  return Array.from({ length: count + 1 }, (_, index) => index * SECONDS_STEP);
}

/** Powers of ten from the one at or below `min` to the one at or above `max`. */
function decades(min: number, max: number): number[] {
  const from = Math.floor(Math.log10(min));
  const to = Math.max(from + 1, Math.ceil(Math.log10(max)));
  return Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index));
}
