import type { Millis } from "../../../core/member.ts";
import { quantile } from "../../../text/quantiles.ts";
import type { CandidateName } from "../candidates/candidate.ts";
import type { CountName, TimeName } from "../trials/measures.ts";
import type { TrialResult } from "../trials/trial.ts";
import type { BenchmarkCase, GroupName } from "../workloads/workload.ts";

/** Quantiles of one time over all trials of a case. */
export interface TimeFigure {
  readonly samples: number;
  readonly p50: Millis;
  readonly p99: Millis;
  readonly max: Millis;
}

/** All that was measured of one case: one row of the report. */
export interface CaseFigures {
  readonly workload: string;
  readonly group: GroupName;
  readonly size: number;
  readonly candidate: CandidateName;
  readonly trials: number;
  /** Factor on its intervals, which `lifeguard-same-traffic` alone has. */
  readonly pace: number;
  readonly times: Readonly<Partial<Record<TimeName, TimeFigure>>>;
  readonly counts: Readonly<Partial<Record<CountName, number>>>;
  readonly datagramsPerNodeSecond: number;
  readonly segmentsPerNodeSecond: number;
  readonly bytesPerNodeSecond: number;
}

/** Puts the trials of a case together; they may come in any order. */
export function figuresOf(measured: BenchmarkCase, results: readonly TrialResult[]): CaseFigures {
  const samples = new Map<TimeName, Millis[]>();
  const counts: Partial<Record<CountName, number>> = {};
  for (const result of results) {
    for (const [name, list] of Object.entries(result.times) as [TimeName, Millis[]][]) {
      samples.set(name, [...(samples.get(name) ?? []), ...list]);
    }
    for (const [name, count] of Object.entries(result.counts) as [CountName, number][]) {
      counts[name] = (counts[name] ?? 0) + count;
    }
  }
  const nodeSeconds = sum(results.map(({ nodeMs }) => nodeMs)) / 1000;
  return {
    workload: measured.workload.name,
    group: measured.workload.group,
    size: measured.size,
    candidate: measured.candidate,
    trials: results.length,
    pace: measured.trials[0]?.pace ?? 1,
    times: Object.fromEntries([...samples].map(([name, list]) => [name, timeFigure(list)])),
    counts,
    datagramsPerNodeSecond: sum(results.map(({ datagrams }) => datagrams)) / nodeSeconds,
    segmentsPerNodeSecond: sum(results.map(({ segments }) => segments)) / nodeSeconds,
    bytesPerNodeSecond: sum(results.map(({ bytes }) => bytes)) / nodeSeconds,
  };
}

function timeFigure(samples: readonly Millis[]): TimeFigure {
  return {
    samples: samples.length,
    p50: quantile(samples, 0.5),
    p99: quantile(samples, 0.99),
    max: quantile(samples, 1),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
