import type { AccusationReason, MemberName, MemberState, Millis } from "../../../core/member.ts";
import type { BeliefChange, NodeRecord, RunRecord } from "../../run-record.ts";

/** What one process may hold of one member; `unknown`: not met yet, or forgotten. */
export type LaneState = Exclude<MemberState, "forgotten"> | "unknown";

/** A state for as long as it was held. */
export interface LaneSpan {
  readonly state: LaneState;
  /** Why it is suspect or dead; null where that is not known, and where pairs are put together. */
  readonly silence: AccusationReason | null;
  readonly fromMs: Millis;
  readonly untilMs: Millis;
}

/** What one viewer held of one member, for as long as the viewer's process was there. */
export interface PairHistory {
  readonly viewer: string;
  readonly member: MemberName;
  /** In order; gaps where there was no such process. */
  readonly spans: readonly LaneSpan[];
}

/** Every viewer about every other member, in the order of the scenario. */
export function pairHistories({ nodes, beliefs }: RunRecord): PairHistory[] {
  const changes = new Map<string, BeliefChange[]>();
  for (const change of beliefs) {
    const key = pairKey(change.viewer, change.member);
    const known = changes.get(key);
    if (known === undefined) changes.set(key, [change]);
    else known.push(change);
  }
  const members = [...new Set(nodes.map(({ member }) => member))];
  return nodes.flatMap((node) =>
    members
      .filter((member) => member !== node.member)
      .map((member) => ({
        viewer: node.name,
        member,
        spans: historyOf(node, changes.get(pairKey(node.name, member)) ?? []),
      })),
  );
}

/**
 * The most serious of several histories at each moment, with gaps where all have one. One pass over
 * their edges: a cluster of hundreds has a hundred thousand pairs.
 */
export function worstOf(pairs: readonly PairHistory[]): LaneSpan[] {
  const edges = pairs.flatMap(({ spans }) =>
    spans.flatMap(({ state, fromMs, untilMs }) => [
      { atMs: fromMs, state, by: 1 },
      { atMs: untilMs, state, by: -1 },
    ]),
  );
  edges.sort((a, b) => a.atMs - b.atMs);
  const held = new Map<LaneState, number>(BY_GRAVITY.map((state) => [state, 0]));
  const merged: LaneSpan[] = [];
  edges.forEach(({ atMs, state, by }, at) => {
    held.set(state, (held.get(state) ?? 0) + by);
    const untilMs = edges[at + 1]?.atMs ?? atMs;
    const worst = BY_GRAVITY.find((each) => (held.get(each) ?? 0) > 0);
    if (worst !== undefined) append(merged, { state: worst, silence: null, fromMs: atMs, untilMs });
  });
  return merged;
}

/** The most serious state held in any part of that time; undefined where nobody was there. */
export function worstWithin(
  spans: readonly LaneSpan[],
  fromMs: Millis,
  untilMs: Millis,
): LaneState | undefined {
  let worst: LaneState | undefined;
  for (const span of spans) {
    if (span.fromMs >= untilMs || span.untilMs <= fromMs) continue;
    const isWorse =
      worst === undefined || BY_GRAVITY.indexOf(span.state) < BY_GRAVITY.indexOf(worst);
    if (isWorse) worst = span.state;
  }
  return worst;
}

/** The most serious first. */
const BY_GRAVITY: readonly LaneState[] = ["dead", "suspect", "unknown", "left", "alive"];

function historyOf(node: NodeRecord, changes: readonly BeliefChange[]): LaneSpan[] {
  const spans: LaneSpan[] = [];
  let goneMs = Number.NEGATIVE_INFINITY;
  for (const { fromMs, untilMs } of livesOf(node)) {
    let state: LaneState = "unknown";
    let silence: AccusationReason | null = null;
    let sinceMs = fromMs;
    for (const change of changes) {
      // A process has seen things before anybody could see that it had started.
      if (change.atMs < goneMs || change.atMs >= untilMs) continue;
      const atMs = Math.max(change.atMs, fromMs);
      append(spans, { state, silence, fromMs: sinceMs, untilMs: atMs });
      state = change.to === null || change.to === "forgotten" ? "unknown" : change.to;
      silence = change.silence;
      sinceMs = atMs;
    }
    append(spans, { state, silence, fromMs: sinceMs, untilMs });
    goneMs = untilMs;
  }
  return spans;
}

/** From each start of the process to its end, standing still included. */
function livesOf({ spans }: NodeRecord): { readonly fromMs: Millis; readonly untilMs: Millis }[] {
  const lives: { fromMs: Millis; untilMs: Millis }[] = [];
  let goesOn = false;
  for (const { fromMs, untilMs, endedBy } of spans) {
    const last = lives.at(-1);
    if (goesOn && last !== undefined) last.untilMs = untilMs;
    else lives.push({ fromMs, untilMs });
    goesOn = endedBy === "paused" || endedBy === "stalled" || endedBy === "resumed";
  }
  return lives;
}

/** Adds a span; it makes the last one longer where that is the same and touches it. */
function append(spans: LaneSpan[], span: LaneSpan): void {
  if (span.untilMs <= span.fromMs) return;
  const last = spans.at(-1);
  const isSame = last?.state === span.state && last.silence === span.silence;
  if (last !== undefined && isSame && last.untilMs === span.fromMs) {
    spans[spans.length - 1] = { ...last, untilMs: span.untilMs };
  } else spans.push(span);
}

function pairKey(viewer: string, member: MemberName): string {
  return `${viewer} ${member}`;
}
