import type { Millis } from "../core/member.ts";

/**
 * The stopwatch of virtual time: from the end of a process (or its freeze) to the first and the last of the others that
 * reported that they know. Experiments and the trials of detectors read it.
 *
 * `src/cluster/observe/detection-times.ts` measures the same span and finds the cause of each pair in a history of
 * faults, as anything may happen to anybody there. Here the cause is known beforehand, so that one set of names is enough
 * for the 65,000 pairs of a mass crash. A trial also counts who is told of a freeze after its end, when no fault explains
 * it any more.
 */
export class EndWatch {
  readonly atMs: Millis;
  /** From the end to the first that knew; null: none yet. */
  firstMs: Millis | null = null;
  /** From the end until none was left that did not know; null: not yet. */
  allMs: Millis | null;
  private readonly unaware: Set<string>;

  /** @param others all that are to know it */
  constructor(atMs: Millis, others: Iterable<string>) {
    this.atMs = atMs;
    this.unaware = new Set(others);
    this.allMs = this.unaware.size === 0 ? 0 : null;
  }

  /** One came to know it; only its first time counts. */
  knew(viewer: string, nowMs: Millis): void {
    if (!this.unaware.has(viewer)) return;
    this.firstMs ??= nowMs - this.atMs;
    this.excuse(viewer, nowMs);
  }

  /** One that need not know it any more, such as one that ended itself. */
  excuse(viewer: string, nowMs: Millis): void {
    if (this.unaware.delete(viewer) && this.unaware.size === 0) this.allMs = nowMs - this.atMs;
  }
}
