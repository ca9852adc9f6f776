import type { Stretch } from "../../cluster/observe/partition-history.ts";
import type { Millis } from "../../core/member.ts";
import type { NodeRecord, NodeSpan } from "../run-record.ts";

/** A time in which nobody could have used a member. */
export interface Downtime extends Stretch {
  /** It ended without a word, or stood still for good; not so a goodbye, or a cut. */
  readonly isCrash: boolean;
}

/** A process that was asked to leave says so before it is gone. */
const LEAVE_NOTICE_MS: Millis = 2000;

/**
 * When a process was not there: it had ended, or stood still and never went on. One that only stood
 * still for a while was slow.
 */
export function downtimeOf({ spans }: NodeRecord): Downtime[] {
  const downtimes: Downtime[] = [];
  for (const [at, span] of spans.entries()) {
    const next = spans[at + 1];
    if (isForGood(span)) downtimes.push(crash(span.fromMs, next));
    else if (span.endedBy === "killed" || span.endedBy === "ended") {
      downtimes.push(crash(span.untilMs, next));
    } else if (span.endedBy === "left" || span.endedBy === "stopped") {
      const untilMs = next?.fromMs ?? Number.POSITIVE_INFINITY;
      downtimes.push({ fromMs: span.untilMs - LEAVE_NOTICE_MS, untilMs, isCrash: false });
    }
  }
  return downtimes;
}

function isForGood({ state, endedBy }: NodeSpan): boolean {
  return state !== "running" && endedBy !== "resumed";
}

function crash(fromMs: Millis, next: NodeSpan | undefined): Downtime {
  return { fromMs, untilMs: next?.fromMs ?? Number.POSITIVE_INFINITY, isCrash: true };
}
