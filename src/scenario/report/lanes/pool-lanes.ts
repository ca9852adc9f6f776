import type { Millis } from "../../../core/member.ts";
import type { ConsumerRecord, PoolSpan, RunRecord } from "../../run-record.ts";
import { formatSeconds, formatSpread } from "../amounts.ts";

/** How much of what it may use a consumer used. */
export interface PoolLane {
  readonly consumer: string;
  /** How many it may use. */
  readonly of: number;
  readonly spans: readonly PoolSpan[];
  readonly note: string;
}

/** What may have been in use in a part of the run: the fewest, unless there was a panic. */
export interface PoolLevel {
  readonly used: number;
  readonly of: number;
  readonly panic: boolean;
}

/** All in use; at least half; fewer; none. A panic is another matter. */
export type PoolLook = "all" | "most" | "few" | "none" | "panic";

/** A lane for each consumer of a run. */
export function poolLanes({ consumers }: RunRecord): PoolLane[] {
  return consumers.map((each) => ({
    consumer: each.name,
    of: each.members.length,
    // Before the first member is known there is nothing to choose from.
    spans: fromFirstUsed(each.pools),
    note: noteOf(each),
  }));
}

function fromFirstUsed(pools: readonly PoolSpan[]): readonly PoolSpan[] {
  const first = pools.findIndex(({ members }) => members.length > 0);
  return first < 0 ? [] : pools.slice(first);
}

/** What was in use in a part of the run; undefined where the consumer's node did not run. */
export function levelWithin(
  { spans, of }: PoolLane,
  fromMs: Millis,
  untilMs: Millis,
): PoolLevel | undefined {
  const meanwhile = spans.filter((span) => span.fromMs < untilMs && span.untilMs > fromMs);
  if (meanwhile.length === 0) return undefined;
  const used = Math.min(...meanwhile.map(({ members }) => members.length));
  return { used, of, panic: meanwhile.some(({ panic }) => panic) };
}

/** How a level is drawn. */
export function lookOf({ used, of, panic }: PoolLevel): PoolLook {
  if (panic) return "panic";
  if (used === of) return "all";
  if (used === 0) return "none";
  return 2 * used >= of ? "most" : "few";
}

function noteOf({ members, figures }: ConsumerRecord): string {
  const { crashesKnownMs, falseAlarms, panicMs } = figures;
  const alarms = falseAlarms === 1 ? "1 false alarm" : `${falseAlarms} false alarms`;
  return [
    crashesKnownMs.length === 0
      ? leastNote(figures.least, members.length)
      : `crash known after ${formatSpread(crashesKnownMs)}`,
    ...(falseAlarms === 0 ? [] : [alarms]),
    ...(panicMs === 0 ? [] : [`panic for ${formatSeconds(panicMs)}`]),
  ].join(", ");
}

function leastNote(least: number | null, all: number): string {
  if (least === null) return `never all ${all} in use`;
  return least === all ? `all ${all} throughout` : `down to ${least} of ${all}`;
}
