import type { Millis } from "../../../core/member.ts";
import type { NodeRecord, NodeSpan, RunRecord } from "../../run-record.ts";
import { formatSeconds } from "../amounts.ts";

/** When a process ran, stood still, and was not there. */
export interface ProcessLane {
  readonly node: string;
  readonly spans: readonly NodeSpan[];
  readonly note: string;
}

const TOLD_MAX = 4;

/** The processes that did anything but run from the first start to the end. */
export function processLanes({ nodes, steps }: RunRecord): ProcessLane[] {
  // On a busy machine even that takes its time.
  const startedMs = steps.find(({ verb }) => verb === "start")?.untilMs ?? 0;
  return nodes
    .filter((node) => !ranThroughout(node, startedMs))
    .map(({ name, member, spans }) => ({
      node: name === member ? name : `${name} (as ${member})`,
      spans,
      note: noteOf(spans, startedMs),
    }));
}

function ranThroughout({ spans }: NodeRecord, startedMs: Millis): boolean {
  const [only, ...others] = spans;
  if (only === undefined || others.length > 0 || only.state !== "running") return false;
  return only.endedBy === "run-over" && only.fromMs <= startedMs;
}

function noteOf(spans: readonly NodeSpan[], startedMs: Millis): string {
  if (spans.length === 0) return "never started";
  const told: string[] = [];
  let wasThere = false;
  for (const { state, fromMs, untilMs, endedBy } of spans) {
    if (state !== "running") told.push(`${state} for ${formatSeconds(untilMs - fromMs)}`);
    else if (!wasThere && fromMs > startedMs) told.push(`started at ${formatSeconds(fromMs)}`);
    wasThere = endedBy === "paused" || endedBy === "stalled" || endedBy === "resumed";
    if (!wasThere && endedBy !== "run-over") told.push(`${endedBy} at ${formatSeconds(untilMs)}`);
  }
  const untold = told.length - TOLD_MAX;
  return [...told.slice(0, TOLD_MAX), ...(untold > 0 ? [`${untold} more`] : [])].join(", ");
}
