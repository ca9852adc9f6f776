import { isPresent, type MemberRecord, type MemberState, type Millis } from "../member.ts";

interface Tombstone {
  readonly state: MemberState;
  readonly since: Millis;
}

interface End extends Tombstone {
  readonly record: MemberRecord;
}

/**
 * For so long before it goes, a tombstone is neither taken in nor in the digest (docs/protocol.md
 * §12, rule 18). No two nodes took a death at the same moment: who has dropped it must not take it
 * back from a node that drops it a little later, nor find a difference that cannot be closed.
 */
const LAST_SPAN_MS = 60_000;
/** Where tombstones are kept for less than ten such spans, it is this share of their time. */
const LAST_SHARE = 0.1;

/**
 * Of that span: moments no further apart are of one end, the news of it took so long. So two nodes
 * do not remind each other of it in turns.
 */
const ONE_END_SHARE = 1 / 30;

/** Up to which age others are told of a tombstone. */
export function toldForMs(tombstoneMs: Millis): Millis {
  return tombstoneMs - lastSpanMs(tombstoneMs);
}

/** Whether others are to know of it: it is present, or a tombstone that is not about to go. */
export function isTold({ state, since }: Tombstone, tombstoneMs: Millis, now: Millis): boolean {
  return isPresent(state) || now < since + toldForMs(tombstoneMs);
}

/**
 * Whether one node still tells of an end that another, which remembers the same, does not tell of
 * any more: then the age counts that it has on the first.
 */
export function outlasts(end: End, other: End, tombstoneMs: Millis, now: Millis): boolean {
  if (end.state !== other.state || end.record.incarnation !== other.record.incarnation)
    return false;
  if (!isTold(end, tombstoneMs, now) || isTold(other, tombstoneMs, now)) return false;
  return end.since >= other.since + ONE_END_SHARE * lastSpanMs(tombstoneMs);
}

function lastSpanMs(tombstoneMs: Millis): Millis {
  return Math.min(LAST_SPAN_MS, LAST_SHARE * tombstoneMs);
}

/** More than any span of time: every dead member is worth more than any that left. */
const DEAD_BONUS_MS = 1e15;

/**
 * What a tombstone is worth where there is room for some only: the dead may come back and have to
 * be dialled, who left or is forgotten will not; of each, the younger is worth more.
 */
export function worthOf({ state, since }: Tombstone): number {
  return state === "dead" ? since + DEAD_BONUS_MS : since;
}

/** The `count` of least worth; none where it is not positive. */
export function leastWorthKeeping<T extends Tombstone>(of: readonly T[], count: number): T[] {
  if (count <= 0) return [];
  return [...of].sort((a, b) => worthOf(a) - worthOf(b)).slice(0, count);
}
