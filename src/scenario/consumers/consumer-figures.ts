import type { MemberName, Millis } from "../../core/member.ts";
import type { ConsumerFigures, PoolSpan } from "../run-record.ts";
import type { Downtime } from "./downtime.ts";

/** What one consumer used, and what its figures are computed from. */
export interface Consumed {
  readonly members: readonly MemberName[];
  /** In order: what was used, a list for each time that the consumer's node ran from start to end. */
  readonly lives: readonly (readonly PoolSpan[])[];
  /** Of a member, as seen from the consumer's node. */
  readonly downtimeOf: (member: MemberName) => readonly Downtime[];
  /** So long after a downtime its consequences may still show. */
  readonly aftermathMs: Millis;
}

/** What a consumer's choice came to. */
export function consumerFigures(consumed: Consumed): ConsumerFigures {
  const { members, lives } = consumed;
  const fates = members.map((member) => fateOf(member, consumed));
  const panics = lives.flat().filter(({ panic }) => panic);
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
function fateOf(member: MemberName, { lives, downtimeOf, aftermathMs }: Consumed): Fate {
  const isIn = ({ members }: PoolSpan) => members.includes(member);
  // A node that begins anew knows nobody yet, and has dropped nobody.
  const counted = lives.map((pools) => fromFirst(pools, isIn));
  const outs = counted.map((spans) => spans.filter((span) => !isIn(span)));
  const drops = counted.flatMap((spans) =>
    spans.filter((span, at) => !isIn(span) && spans.slice(at - 1, at).some(isIn)),
  );
  const downtimes = downtimeOf(member);
  const all = fromFirst(lives.flat(), isIn);
  const known = downtimes.flatMap((downtime) =>
    downtime.isCrash ? knownAfter(downtime, all, isIn) : [],
  );
  return {
    crashesKnownMs: known.filter((afterMs) => afterMs !== null),
    crashesUnknown: known.filter((afterMs) => afterMs === null).length,
    falseAlarms: drops.filter(({ fromMs }) => !isExplained(fromMs, downtimes, aftermathMs)).length,
    wronglyOutMs: sum(
      outs.flat().map(({ fromMs, untilMs }) => presentWithin(fromMs, untilMs, downtimes)),
    ),
  };
}

/**
 * How long a crashed member was used still: not at all where it was out just then, null where it was
 * used until it was back. Nothing where the consumer's node did not run meanwhile.
 */
function knownAfter(
  crash: Downtime,
  pools: readonly PoolSpan[],
  isIn: (span: PoolSpan) => boolean,
): (Millis | null)[] {
  const meanwhile = pools.filter(
    ({ fromMs, untilMs }) => untilMs > crash.fromMs && fromMs <= crash.untilMs,
  );
  if (meanwhile.length === 0) return [];
  const out = meanwhile.findIndex((span) => !isIn(span));
  if (out < 0) return [null];
  const used = meanwhile.slice(0, out);
  return [sum(used.map(({ fromMs, untilMs }) => untilMs - Math.max(fromMs, crash.fromMs)))];
}

function isExplained(atMs: Millis, downtimes: readonly Downtime[], aftermathMs: Millis): boolean {
  return downtimes.some(({ fromMs, untilMs }) => fromMs <= atMs && atMs <= untilMs + aftermathMs);
}

/** How much of that time the member was there. */
function presentWithin(fromMs: Millis, untilMs: Millis, downtimes: readonly Downtime[]): Millis {
  let presentMs = 0;
  let atMs = fromMs;
  for (const downtime of [...downtimes].sort((a, b) => a.fromMs - b.fromMs)) {
    presentMs += Math.max(0, Math.min(downtime.fromMs, untilMs) - atMs);
    atMs = Math.max(atMs, Math.min(downtime.untilMs, untilMs));
  }
  return presentMs + Math.max(0, untilMs - atMs);
}

/** From the first time that all were in: how a cluster forms is another matter. */
function leastOf({ members, lives }: Consumed): number | null {
  const isFull = (span: PoolSpan) => span.members.length === members.length;
  const used = lives.flatMap((pools) => fromFirst(pools, isFull));
  return used.length === 0 ? null : Math.min(...used.map((span) => span.members.length));
}

function fromFirst(pools: readonly PoolSpan[], is: (span: PoolSpan) => boolean) {
  const first = pools.findIndex(is);
  return first < 0 ? [] : pools.slice(first);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
