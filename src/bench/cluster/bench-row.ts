import { setTimeout as pause } from "node:timers/promises";
import type { BenchCluster, Candidate, Verdict } from "./candidate.ts";
import type { CandidateName, Figure } from "./figure.ts";
import { WITHIN_MS } from "./formation.ts";
import type { BenchPlan } from "./plan.ts";

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
  readonly #candidate: CandidateName;

  constructor({ candidate }: RowContext) {
    this.#candidate = candidate.name;
  }

  add(figure: Omit<Figure, "candidate">): void {
    this.figures.push({ candidate: this.#candidate, ...figure });
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
  const killedMs = performance.now();
  cluster.daemon(victim).signal("SIGKILL");
  await cluster.allSee("dead", [victim], cluster.viewers([victim]), WITHIN_MS.death);
  return performance.now() - killedMs;
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
  const spawnedMs = performance.now();
  const others = cluster.viewers([name]);
  const readyMs = cluster.start(name).then(() => performance.now() - spawnedMs);
  const seenMs = cluster
    .allSee("alive", [name], others, WITHIN_MS.comeback)
    .then(() => performance.now() - spawnedMs);
  const times = await Promise.all([readyMs, seenMs]);
  return { readyMs: times[0], seenMs: times[1] };
}

/** Notes the verdicts of one state on these members, until stopped. */
export function collectVerdicts(
  cluster: BenchCluster,
  state: Verdict["state"],
  members: readonly string[],
): { readonly verdicts: readonly Verdict[]; stop(): void } {
  const verdicts: Verdict[] = [];
  const stop = cluster.onVerdict((verdict) => {
    if (verdict.state === state && members.includes(verdict.member)) verdicts.push(verdict);
  });
  return { verdicts, stop };
}
