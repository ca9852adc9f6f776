import type { MemberName, Millis } from "../../core/member.ts";
import type { ConsumerFigures, PoolSpan } from "../run-record.ts";
import type { Absence } from "./absences.ts";

export interface Consumed {
  readonly members: readonly MemberName[];
  /** In order. */
  readonly pools: readonly PoolSpan[];
  /** Of a member, as seen from the consumer's node. */
  readonly absencesOf: (member: MemberName) => readonly Absence[];
  /** So long after an absence its consequences may still show. */
  readonly aftermathMs: Millis;
}

/** What a consumer's choice came to. */
export function consumerFigures(consumed: Consumed): ConsumerFigures {
  const { members, pools } = consumed;
  const fates = members.map((member) => fateOf(member, consumed));
  const panics = pools.filter(({ panic }) => panic);
  return {
    crashesKnownMs: fates.flatMap(({ crashesKnownMs }) => crashesKnownMs),
    crashesUnknown: sum(fates.map(({ crashesUnknown }) => crashesUnknown)),
    falseAlarms: sum(fates.map(({ falseAlarms }) => falseAlarms)),
    wronglyOutMs: sum(fates.map(({ wronglyOutMs }) => wronglyOutMs)),
    least: leastOf(consumed),
    panicMs: sum(panics.map(({ fromMs, untilMs }) => untilMs - fromMs)),
  };
}

type Fate = Pick<
  ConsumerFigures,
  "crashesKnownMs" | "crashesUnknown" | "falseAlarms" | "wronglyOutMs"
>;

/** How it went with one member, from the first time that it was in. */
function fateOf(member: MemberName, { pools, absencesOf, aftermathMs }: Consumed): Fate {
  const first = pools.findIndex(({ members }) => members.includes(member));
  const spans = first < 0 ? [] : pools.slice(first);
  const out = spans.filter(({ members }) => !members.includes(member));
  const absences = absencesOf(member);
  const known = absences.filter(({ isCrash }) => isCrash).map((crash) => knownAfter(crash, out));
  const drops = out.filter((span) => spans[spans.indexOf(span) - 1]?.members.includes(member));
  return {
    crashesKnownMs: known.filter((afterMs) => afterMs !== undefined),
    crashesUnknown: spans.length === 0 ? 0 : known.filter((each) => each === undefined).length,
    falseAlarms: drops.filter(({ fromMs }) => !isExplained(fromMs, absences, aftermathMs)).length,
    wronglyOutMs: sum(out.map(({ fromMs, untilMs }) => presentWithin(fromMs, untilMs, absences))),
  };
}

/** How long a crashed member was used still; none at all where it was out just then. */
function knownAfter(crash: Absence, out: readonly PoolSpan[]): Millis | undefined {
  const found = out.find(({ untilMs }) => untilMs > crash.fromMs);
  if (found === undefined || found.fromMs > crash.untilMs) return undefined;
  return Math.max(0, found.fromMs - crash.fromMs);
}

function isExplained(atMs: Millis, absences: readonly Absence[], aftermathMs: Millis): boolean {
  return absences.some(({ fromMs, untilMs }) => fromMs <= atMs && atMs <= untilMs + aftermathMs);
}

/** How much of that time the member was there. */
function presentWithin(fromMs: Millis, untilMs: Millis, absences: readonly Absence[]): Millis {
  let presentMs = 0;
  let atMs = fromMs;
  for (const absence of [...absences].sort((a, b) => a.fromMs - b.fromMs)) {
    presentMs += Math.max(0, Math.min(absence.fromMs, untilMs) - atMs);
    atMs = Math.max(atMs, Math.min(absence.untilMs, untilMs));
  }
  return presentMs + Math.max(0, untilMs - atMs);
}

/** From the first time that all were in: how a cluster forms is another matter. */
function leastOf({ members, pools }: Consumed): number | null {
  const full = pools.findIndex((span) => span.members.length === members.length);
  if (full < 0) return null;
  return Math.min(...pools.slice(full).map((span) => span.members.length));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
