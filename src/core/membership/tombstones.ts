import type { MemberState, Millis } from "../member.ts";

interface Tombstone {
  readonly state: MemberState;
  readonly since: Millis;
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
