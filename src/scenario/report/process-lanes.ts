import type { NodeRecord, NodeSpan, RunRecord } from "../run-record.ts";
import { formatSeconds } from "./amounts.ts";

/** When a process ran, stood still, and was not there. */
export interface ProcessLane {
  readonly node: string;
  readonly spans: readonly NodeSpan[];
  readonly note: string;
}

const TOLD_MAX = 4;

/** The processes that did anything but run from begin to end. */
export function processLanes({ nodes, durationMs }: RunRecord): ProcessLane[] {
  return nodes
    .filter((node) => !ranThroughout(node, durationMs))
    .map(({ name, member, spans }) => ({
      node: name === member ? name : `${name} (as ${member})`,
      spans,
      note: noteOf(spans),
    }));
}

function ranThroughout({ spans }: NodeRecord, durationMs: number): boolean {
  const [only, ...others] = spans;
  if (only === undefined || others.length > 0 || only.state !== "running") return false;
  return only.endedBy === "run-over" && only.fromMs <= durationMs / 50;
}

function noteOf(spans: readonly NodeSpan[]): string {
  if (spans.length === 0) return "never started";
  const told: string[] = [];
  let wasThere = false;
  for (const { state, fromMs, untilMs, endedBy } of spans) {
    if (state !== "running") told.push(`${state} for ${formatSeconds(untilMs - fromMs)}`);
    else if (!wasThere && fromMs > 0) told.push(`started at ${formatSeconds(fromMs)}`);
    wasThere = endedBy === "paused" || endedBy === "stalled" || endedBy === "resumed";
    if (!wasThere && endedBy !== "run-over") told.push(`${endedBy} at ${formatSeconds(untilMs)}`);
  }
  const untold = told.length - TOLD_MAX;
  return [...told.slice(0, TOLD_MAX), ...(untold > 0 ? [`${untold} more`] : [])].join(", ");
}
