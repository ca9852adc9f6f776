import type { MemberName, Millis } from "../../../core/member.ts";
import type { FigureSample, RunRecord } from "../../run-record.ts";
import { formatSeconds, formatSpread } from "../amounts.ts";
import { type LaneSpan, type PairHistory, pairHistories, worstOf } from "./pair-histories.ts";

/** Viewers who had the same to tell of the same members. */
export interface BeliefLane {
  readonly viewers: readonly string[];
  readonly members: readonly MemberName[];
  /** True for the one lane of all those pairs that nothing happened to. */
  readonly isRest: boolean;
  readonly pairs: readonly PairHistory[];
  /** The most serious that any of the pairs held. */
  readonly spans: readonly LaneSpan[];
  /** What became of it, in a few words. */
  readonly note: string;
}

/**
 * The lanes of a run: viewers and members are put together as far as the same happened to them, so
 * that a partition of thirty nodes is two lanes. Pairs that only ever met alive share the last lane.
 */
export function beliefLanes(record: RunRecord): BeliefLane[] {
  const histories = pairHistories(record);
  const eventful = histories.filter(({ spans }) => storyOf(spans) !== UNEVENTFUL);
  const rest = histories.filter(({ spans }) => storyOf(spans) === UNEVENTFUL && spans.length > 0);
  const groups = new Map<string, PairHistory[]>();
  for (const [key, pairs] of groupByViewers(eventful)) {
    groups.set(key, [...(groups.get(key) ?? []), ...pairs]);
  }
  const order = record.nodes.map(({ member }) => member);
  const lanes = [...groups.values()]
    .map((pairs) => laneOf(pairs, false, record))
    .sort((a, b) => order.indexOf(a.members[0] ?? "") - order.indexOf(b.members[0] ?? ""));
  return rest.length === 0 ? lanes : [...lanes, laneOf(rest, true, record)];
}

const UNEVENTFUL = "alive";

/** Which states were held, one after another, without what was only suspected on the way. */
function storyOf(spans: readonly LaneSpan[]): string {
  const path: string[] = [];
  for (const { state } of spans) {
    if (state !== "unknown" && state !== "suspect" && path.at(-1) !== state) path.push(state);
  }
  const onlySuspected = !path.includes("dead") && spans.some(({ state }) => state === "suspect");
  // A member nobody met has no story either.
  return onlySuspected ? `${path.join(" ")} suspected` : path.join(" ") || UNEVENTFUL;
}

/** By member and story first, then members together whose viewers are the same. */
function groupByViewers(pairs: readonly PairHistory[]): [string, PairHistory[]][] {
  const byMember = new Map<string, PairHistory[]>();
  for (const pair of pairs) {
    const key = `${pair.member} ${storyOf(pair.spans)}`;
    byMember.set(key, [...(byMember.get(key) ?? []), pair]);
  }
  return [...byMember.values()].map((group) => {
    const viewers = group.map(({ viewer }) => viewer).join(" ");
    return [`${viewers}: ${storyOf(group[0]?.spans ?? [])}`, group];
  });
}

function laneOf(pairs: readonly PairHistory[], isRest: boolean, record: RunRecord): BeliefLane {
  const viewers = [...new Set(pairs.map(({ viewer }) => viewer))];
  const members = [...new Set(pairs.map(({ member }) => member))];
  const spans = worstOf(pairs);
  const note = isRest ? restNote(spans) : noteOf(pairs, record.samples);
  return { viewers, members, isRest, pairs, spans, note };
}

function restNote(spans: readonly LaneSpan[]): string {
  const lastUnknown = spans.findLast(({ state }) => state === "unknown");
  if (lastUnknown === undefined) return "alive throughout";
  return `all known alive by ${formatSeconds(lastUnknown.untilMs)}`;
}

function noteOf(pairs: readonly PairHistory[], samples: readonly FigureSample[]): string {
  const names = new Set(pairs.map(({ viewer, member }) => `${viewer} ${member}`));
  const isOfLane = ({ viewer, member }: FigureSample) => names.has(`${viewer} ${member}`);
  const took = (is: (sample: FigureSample) => boolean) =>
    samples.filter((each) => is(each) && isOfLane(each)).map((each) => each.tookMs);
  const knownAs = (known: FigureSample["known"]) =>
    took((each) => each.figure === "detect" && each.known === known);
  const detected = knownAs("dead");
  const frozen = knownAs("frozen");
  const back = took(({ figure }) => figure === "back");
  // A suspicion whose kind changes is one.
  const spans = pairs.flatMap((pair) => worstOf([pair]));
  const dead = spans.filter(({ state }) => state === "dead");
  const suspect = spans.filter(({ state }) => state === "suspect");
  const notes: string[] = [];
  if (frozen.length > 0) notes.push(`frozen after ${formatSpread(frozen)}`);
  if (detected.length > 0) notes.push(`dead after ${formatSpread(detected)}`);
  else if (dead.length > 0) notes.push(`dead at ${formatSeconds(firstOf(dead))}`);
  else if (suspect.length > 0 && frozen.length === 0) notes.push(suspectedNote(suspect));
  if (back.length > 0) notes.push(`back after ${formatSpread(back)}`);
  const left = spans.filter(({ state }) => state === "left");
  if (left.length > 0) notes.push(`left at ${formatSeconds(firstOf(left))}`);
  return notes.join(", ");
}

function suspectedNote(suspect: readonly LaneSpan[]): string {
  const longestMs = suspect.reduce((most, span) => Math.max(most, span.untilMs - span.fromMs), 0);
  const times = suspect.length === 1 ? "once" : `${suspect.length} times`;
  return `suspected ${times}, for ${formatSeconds(longestMs)} at most, never dead`;
}

function firstOf(spans: readonly LaneSpan[]): Millis {
  return spans.reduce((first, { fromMs }) => Math.min(first, fromMs), Number.POSITIVE_INFINITY);
}
