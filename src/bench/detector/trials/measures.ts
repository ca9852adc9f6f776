import type { Millis } from "../../../core/member.ts";
import type { BenchmarkCluster } from "./benchmark-cluster.ts";
import type { FalseDeathTally } from "./false-deaths.ts";

/** What a trial measures in milliseconds. */
export type TimeName =
  /** From a crash until the first, and until the last survivor believes it. */
  | "first"
  | "all"
  /** From a cut until each side holds all of the other dead. */
  | "majority"
  | "minority"
  /** From the end of the faults until all hold all that run present. */
  | "whole"
  /** From a process's start until it is present to all, and all to it. */
  | "back"
  /** How long one view held a restarted member dead. */
  | "deadFor"
  /** From the beginning of a freeze until one, and until all others are told that it is one. */
  | "frozenToOne"
  | "frozenToAll"
  | "joined";

/** What a trial counts. */
export type CountName =
  /** Crashes that somebody did not know of in time; sides and views that never came about. */
  | "missed"
  /** Deaths of healthy members that ran, in any view; and in how many views, of healthy ones. */
  | "falseDeaths"
  | "falseViews"
  | "falseViewsAtHealthy"
  /** Members under a fault of the trial, and those of them that a healthy node called dead. */
  | "faulty"
  | "faultyDead"
  /** Returns of the dead, in views of healthy nodes. */
  | "returns";

/** Where a trial notes what it finds. */
export interface Measures {
  time(name: TimeName, tookMs: Millis): void;
  count(name: CountName, howMany: number): void;
}

/** What a trial works with, and where it notes what it finds. */
export interface TrialBench extends Measures {
  readonly cluster: BenchmarkCluster;
  readonly tally: FalseDeathTally;
}

const LOOK_EVERY_MS = 20;

/** Runs until all that run hold each other present: how long it took is this time. */
export function timeWhole(name: TimeName, withinMs: Millis, bench: TrialBench): void {
  const { cluster } = bench;
  const tookMs = cluster.runUntil(() => cluster.isWhole(), withinMs, LOOK_EVERY_MS);
  if (tookMs === undefined) bench.count("missed", 1);
  else bench.time(name, tookMs);
}
