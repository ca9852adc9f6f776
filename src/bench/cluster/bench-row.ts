import { setTimeout as pause } from "node:timers/promises";
import type { TimedKnowledge } from "../../cluster/observe/detection-times.ts";
import type { BenchCluster, Candidate } from "./candidate.ts";
import type { CandidateName, Figure } from "./figure.ts";
import { WITHIN_MS } from "./formation.ts";
import type { BenchPlan } from "./plan.ts";

/** So many members are dialled by one that comes back. */
const SEEDS = 3;

/** While the news of a crash spreads. */
const STAND_STILL_MS = 500;

/** What a row works with. */
export interface RowContext {
  readonly plan: BenchPlan;
  readonly candidate: Candidate;
  /** What goes on, for people. */
  progress(text: string): void;
}

/** Measures the figures of one row for one candidate. */
export type MeasureRow = (context: RowContext) => Promise<Figure[]>;

/** Collects figures of one candidate. */
export class FigureSheet {
  readonly figures: Figure[] = [];
  private readonly candidate: CandidateName;

  constructor({ candidate }: RowContext) {
    this.candidate = candidate.name;
  }

  add(figure: Omit<Figure, "candidate">): void {
    this.figures.push({ candidate: this.candidate, ...figure });
  }
}

/**
 * Waits until the last fault no longer affects the next, and a little longer: faults must not keep
 * step with probes.
 */
export async function settle({ plan }: RowContext): Promise<void> {
  await pause(plan.settleMs * (1 + Math.random() / 2));
}

/** Kills a process. @returns how long it took until the last of the others knew it dead */
export async function killAndTime(cluster: BenchCluster, victim: string): Promise<number> {
  const others = cluster.viewers([victim]);
  return longest(cluster, "detect", async () => {
    const killed = cluster.end([victim], "kill");
    if (cluster.tellsTimes) standStill();
    await killed;
    await cluster.allSee("dead", [victim], others, WITHIN_MS.death);
  });
}

/**
 * Reads nothing for a moment: the processes that are measured would share the processor with their
 * reader. What they report has its time already.
 */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STAND_STILL_MS);
}

/** Asks a process to leave, until it has ended. @returns how long it took until the last of the others knew */
export async function leaveAndTime(cluster: BenchCluster, leaver: string): Promise<number> {
  const others = cluster.viewers([leaver]);
  return longest(cluster, "leave", async () => {
    const ended = cluster.end([leaver], "leave");
    await cluster.allSee("left", [leaver], others, WITHIN_MS.goodbye);
    await ended;
  });
}

/**
 * Does something to the cluster.
 *
 * @returns the longest time of this figure on the cluster's stopwatch meanwhile, in ms; of the whole, where the last
 *   one reported its belief before the cause itself was reported
 */
export async function longest(
  cluster: BenchCluster,
  figure: TimedKnowledge,
  act: () => Promise<void>,
): Promise<number> {
  const beginMs = cluster.nowMs;
  const before = cluster.times.took(figure).length;
  await act();
  const took = cluster.times.took(figure).slice(before);
  return took.length === 0 ? cluster.nowMs - beginMs : Math.max(...took);
}

/**
 * Starts an ended process again.
 *
 * @returns when it was ready, and when all others saw it alive, both from its spawn
 */
export async function restartAndTime(
  cluster: BenchCluster,
  name: string,
): Promise<{ readonly readyMs: number; readonly seenMs: number }> {
  const others = cluster.viewers([name]);
  const spawnedMs = cluster.nowMs;
  const seen = cluster
    .allSee("alive", [name], others, WITHIN_MS.comeback)
    .then(() => cluster.nowMs - spawnedMs);
  const ready = cluster
    .start([{ node: name, member: name, join: others.slice(0, SEEDS) }])
    .then(() => cluster.nowMs - spawnedMs);
  const [readyMs, seenMs] = await Promise.all([ready, seen]);
  return { readyMs, seenMs };
}
