import type { Stretch } from "../../cluster/observe/partition-history.ts";
import type { Millis } from "../../core/member.ts";
import type { NodeRecord, NodeSpan } from "../run-record.ts";

/** A time in which nobody could have used a member. */
export interface Downtime extends Stretch {
  /** It ended without a word, or stood still for good; not so a goodbye, or a cut. */
  readonly isCrash: boolean;
}

/** Whoever was asked to leave tells so before it is gone. */
const GOODBYE_MS: Millis = 2000;

/**
 * When a process was not there: it had ended, or stood still and never went on. One that only stood
 * still for a while was slow.
 */
export function downtimeOf({ spans }: NodeRecord): Downtime[] {
  const absences: Downtime[] = [];
  for (const [at, span] of spans.entries()) {
    const next = spans[at + 1];
    if (isForGood(span)) absences.push(crash(span.fromMs, next));
    else if (span.endedBy === "killed" || span.endedBy === "ended") {
      absences.push(crash(span.untilMs, next));
    } else if (span.endedBy === "left" || span.endedBy === "stopped") {
      const untilMs = next?.fromMs ?? Number.POSITIVE_INFINITY;
      absences.push({ fromMs: span.untilMs - GOODBYE_MS, untilMs, isCrash: false });
    }
  }
  return absences;
}

function isForGood({ state, endedBy }: NodeSpan): boolean {
  return state !== "running" && endedBy !== "resumed";
}

function crash(fromMs: Millis, next: NodeSpan | undefined): Downtime {
  return { fromMs, untilMs: next?.fromMs ?? Number.POSITIVE_INFINITY, isCrash: true };
}
