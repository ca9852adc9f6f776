import type { MemberName, MemberState, Millis } from "../../core/member.ts";
import type { BeliefChange, NodeRecord, RunRecord } from "../run-record.ts";

/** What one process may hold of one member; `unknown`: not met yet, or forgotten. */
export type LaneState = Exclude<MemberState, "forgotten"> | "unknown";

export interface LaneSpan {
  readonly state: LaneState;
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

/** The most serious of several histories at each moment, with gaps where all have one. */
export function worstOf(pairs: readonly PairHistory[]): LaneSpan[] {
  const edges = new Set(pairs.flatMap(({ spans }) => spans.flatMap((s) => [s.fromMs, s.untilMs])));
  const times = [...edges].sort((a, b) => a - b);
  const all = pairs.flatMap(({ spans }) => spans);
  const merged: LaneSpan[] = [];
  for (let at = 0; at + 1 < times.length; at++) {
    const [fromMs = 0, untilMs = 0] = times.slice(at, at + 2);
    const state = worstWithin(all, fromMs, untilMs);
    if (state !== undefined) append(merged, { state, fromMs, untilMs });
  }
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
    if (worst === undefined || GRAVITY[span.state] > GRAVITY[worst]) worst = span.state;
  }
  return worst;
}

const GRAVITY: Readonly<Record<LaneState, number>> = {
  alive: 0,
  left: 1,
  unknown: 2,
  suspect: 3,
  dead: 4,
};

function historyOf(node: NodeRecord, changes: readonly BeliefChange[]): LaneSpan[] {
  const spans: LaneSpan[] = [];
  for (const { fromMs, untilMs } of livesOf(node)) {
    let state: LaneState = "unknown";
    let sinceMs = fromMs;
    for (const change of changes) {
      if (change.atMs < fromMs || change.atMs >= untilMs) continue;
      append(spans, { state, fromMs: sinceMs, untilMs: change.atMs });
      state = change.to === null || change.to === "forgotten" ? "unknown" : change.to;
      sinceMs = change.atMs;
    }
    append(spans, { state, fromMs: sinceMs, untilMs });
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
  if (last?.state === span.state && last.untilMs === span.fromMs) {
    spans[spans.length - 1] = { ...last, untilMs: span.untilMs };
  } else spans.push(span);
}

function pairKey(viewer: string, member: MemberName): string {
  return `${viewer} ${member}`;
}
