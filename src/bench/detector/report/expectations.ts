import type { CandidateName } from "../candidates/candidate.ts";
import type { CountName, TimeName } from "../trials/measures.ts";
import type { CaseFigures } from "./figures.ts";

/** What an expected figure counts or measures. */
export type ExpectationUnit = "s" | "count" | "messages/s" | "B/s";

/**
 * One figure of the model study that the rules were chosen by, before this code was written: an
 * independent discrete-event model. Ours has to reproduce or refute it.
 */
export interface Expectation {
  readonly what: string;
  readonly candidate: CandidateName;
  readonly unit: ExpectationUnit;
  readonly studied: number;
  /** Undefined where this run did not measure it. */
  readonly measured: (figures: readonly CaseFigures[]) => number | undefined;
}

/** Whether our figure agrees with the study's, or on which side of it it lies. */
export type Agreement = "reproduced" | "lower" | "higher";

/** Times and costs agree within a quarter, or within so many seconds, where they are short. */
const SHARE_APART_MAX = 0.25;
const SECONDS_APART_MAX = 0.15;
/** Rare events agree within a factor. */
const COUNT_FACTOR_MAX = 2;

/** How our figure stands to the study's. Lower is better in all of them but spared freezes. */
export function judge({ unit, studied }: Expectation, measured: number): Agreement {
  const apart = Math.abs(measured - studied);
  const isClose =
    unit === "count"
      ? measured <= studied * COUNT_FACTOR_MAX && studied <= measured * COUNT_FACTOR_MAX
      : apart <= SHARE_APART_MAX * studied || (unit === "s" && apart <= SECONDS_APART_MAX);
  if (isClose) return "reproduced";
  return measured < studied ? "lower" : "higher";
}

/** The study's table, figure by figure. */
export const EXPECTATIONS: readonly Expectation[] = [
  ...allKnow("hearsay-udp", "process-crash", { 2: 0.55, 3: 0.4, 5: 0.33, 8: 0.21, 32: 0.35 }),
  ...allKnow("hearsay-udp", "process-crash", { 128: 0.44 }),
  ...allKnow("hearsay-udp", "process-crash", { 2: 1.06 }, "p99"),
  ...allKnow("lifeguard", "process-crash", { 2: 5.3, 3: 5.5, 5: 5.7, 8: 5.6, 32: 7.9 }),
  ...allKnow("lifeguard", "process-crash", { 128: 10.7, 512: 13.1 }),
  ...allKnow("hearsay-udp", "process-crash-loss-30", { 8: 0.25, 128: 0.55 }),
  ...allKnow("hearsay-udp", "process-crash-loss-30", { 8: 0.63, 128: 0.89 }, "p99"),
  ...allKnow("lifeguard", "process-crash-loss-30", { 128: 10.7 }),
  ...allKnow("hearsay-udp", "host-crash-grace-1s", { 8: 2.8, 128: 2.37 }),
  ...allKnow("hearsay-udp", "host-crash", { 8: 3.81, 128: 3.38 }),
  ...allKnow("hearsay-udp", "host-crash-grace-3s", { 8: 4.81, 128: 4.4 }),
  ...allKnow("lifeguard", "host-crash", { 8: 5.6, 128: 10.7 }),
  sparedFreeze("hearsay-udp", "-grace-1s", 2),
  sparedFreeze("hearsay-udp", "", 3),
  sparedFreeze("hearsay-udp", "-grace-3s", 4),
  sparedFreeze("lifeguard", "", 5),
  ...[10, 20, 30].map((loss) => falseDeaths("hearsay-udp", loss, 0)),
  falseDeaths("lifeguard", 10, 0),
  // A tenth of the study's 18 and 67, which ran ten times as long.
  falseDeaths("lifeguard", 20, 2),
  falseDeaths("lifeguard", 30, 7),
  droppingLinks(),
  ...allKnow("hearsay-udp", "mass-crash-process", { 128: 1.04 }),
  ...allKnow("hearsay-udp", "mass-crash-process", { 128: 5.1 }, "p99"),
  ...allKnow("hearsay-udp", "mass-crash-host", { 128: 4.7 }),
  ...allKnow("hearsay-udp", "mass-crash-host", { 128: 5.8 }, "p99"),
  ...allKnow("lifeguard", "mass-crash-host", { 128: 21.5 }),
  ...allKnow("lifeguard", "mass-crash-host", { 128: 31 }, "p99"),
  ...partition("hearsay-udp", "partition-grace-1s", [2.8, 3.1, 0.3]),
  ...partition("lifeguard", "partition", [14.7, 43.6, 2.4]),
  ...partition("hearsay-udp", "partition-local", [0.9, 0.96, 0.15]),
  time("hearsay-udp", "rolling-restart", 32, "deadFor", "p50", 0.75, "dead in views for"),
  time(
    "hearsay-udp",
    "rolling-restart",
    32,
    "back",
    "max",
    0.4,
    "back in all views after, at most",
  ),
  cost("hearsay-udp", "idle", 128, "messages/s", 16),
  cost("hearsay-udp", "idle", 128, "B/s", 1200),
  cost("lifeguard", "idle", 128, "messages/s", 2),
  cost("lifeguard", "idle", 128, "B/s", 136),
  cost("hearsay-udp", "calm-loss-20", 128, "B/s", 2200),
  cost("lifeguard", "calm-loss-20", 128, "B/s", 4800),
];

type QuantileName = "p50" | "p99" | "max";

function allKnow(
  candidate: CandidateName,
  workload: string,
  studied: Readonly<Record<number, number>>,
  quantile: QuantileName = "p50",
): Expectation[] {
  return Object.entries(studied).map(([size, seconds]) =>
    time(candidate, workload, Number(size), "all", quantile, seconds, "all know"),
  );
}

function partition(
  candidate: CandidateName,
  workload: string,
  [majority, minority, whole]: readonly [number, number, number],
): Expectation[] {
  return [
    time(candidate, workload, 8, "majority", "p50", majority, "majority settled"),
    time(candidate, workload, 8, "minority", "p50", minority, "minority settled"),
    time(candidate, workload, 8, "whole", "p50", whole, "one view after the heal"),
  ];
}

function time(
  candidate: CandidateName,
  workload: string,
  size: number,
  name: TimeName,
  quantile: QuantileName,
  studied: number,
  what: string,
): Expectation {
  return {
    what: `${workload}, n = ${size}: ${what}, ${quantile === "p50" ? "median" : quantile}`,
    ...{ candidate, studied },
    unit: "s",
    measured: (figures) => {
      const ms = find(figures, candidate, workload, size)?.times[name]?.[quantile];
      return ms === undefined ? undefined : ms / 1000;
    },
  };
}

function falseDeaths(candidate: CandidateName, loss: number, studied: number): Expectation {
  const workload = `calm-loss-${loss}`;
  return {
    what: `${workload}, n = 128, 120 s: false deaths`,
    ...{ candidate, studied },
    unit: "count",
    measured: (figures) => count(find(figures, candidate, workload, 128), "falseDeaths"),
  };
}

function droppingLinks(): Expectation {
  return {
    what: "links of 32 of 128 nodes dropping: false deaths seen at healthy nodes",
    candidate: "hearsay-udp",
    unit: "count",
    studied: 0,
    measured: (figures) => {
      const rows = figures.filter(
        ({ workload, candidate, size }) =>
          workload.startsWith("dropping-") && candidate === "hearsay-udp" && size === 128,
      );
      if (rows.length === 0) return undefined;
      return rows.reduce((sum, row) => sum + (count(row, "falseViewsAtHealthy") ?? 0), 0);
    },
  };
}

/** The longest freeze at n = 8 after which no trial had called the frozen one dead. */
function sparedFreeze(
  candidate: CandidateName,
  suffix: "" | "-grace-1s" | "-grace-3s",
  studied: number,
): Expectation {
  const name = new RegExp(`^freeze-([\\d.]+)s${suffix}$`);
  return {
    what: `freeze${suffix}, n = 8: longest freeze spared in all runs`,
    ...{ candidate, studied },
    unit: "s",
    measured: (figures) => {
      const freezes = figures
        .filter((row) => row.candidate === candidate && row.size === 8 && name.test(row.workload))
        .map((row) => ({
          seconds: Number(name.exec(row.workload)?.[1]),
          isSpared: count(row, "faultyDead") === 0,
        }));
      if (!freezes.some(({ seconds }) => seconds === studied)) return undefined;
      return Math.max(0, ...freezes.map(({ seconds, isSpared }) => (isSpared ? seconds : 0)));
    },
  };
}

function cost(
  candidate: CandidateName,
  workload: string,
  size: number,
  unit: "messages/s" | "B/s",
  studied: number,
): Expectation {
  return {
    what: `${workload}, n = ${size}: sent by a node`,
    ...{ candidate, unit, studied },
    measured: (figures) => {
      const row = find(figures, candidate, workload, size);
      return unit === "B/s" ? row?.bytesPerNodeSecond : row?.datagramsPerNodeSecond;
    },
  };
}

function find(
  figures: readonly CaseFigures[],
  candidate: CandidateName,
  workload: string,
  size: number,
): CaseFigures | undefined {
  return figures.find(
    (row) => row.workload === workload && row.size === size && row.candidate === candidate,
  );
}

function count(row: CaseFigures | undefined, name: CountName): number | undefined {
  return row === undefined ? undefined : (row.counts[name] ?? 0);
}
