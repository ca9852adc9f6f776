import {
  isPresent,
  type MemberName,
  type MemberRecord,
  type StartId,
  sameEndpoint,
} from "../member.ts";
import type { Member } from "./table.ts";

/** Members that an owner asks which start they hold; owners with equal views ask the same ones. */
const VOTERS_MAX = 5;

/** What a claim on a name is known by. */
type Claim = Pick<MemberRecord, "startId" | "endpoint">;

/**
 * A name conflict: two processes go by one name (docs/protocol.md §12, rule 23; own, shown by
 * `scenarios/same-name.yaml`). The start that the cluster holds keeps it.
 *
 * - A rival claim is one of another start at another address.
 * - The other members let a rival of a present member wait while they ask the old address: an ack
 *   rejects the claim, three silences make it a move (`identity/rival-claims.ts`).
 * - An owner that hears of the other one pings its address first. Only if that answers, it asks up
 *   to five members which of the two they hold, and yields by `mustYield` or, with no member to ask,
 *   by `mustYieldAlone` (`identity/own-name-claims.ts`). While it asks the members, and only then, it
 *   does not outrank the other (`exchange/refutation.ts`). The daemon of the one that yields ends
 *   (`src/daemon/node/event-router.ts`).
 */
export function isRival(claim: Claim, holder: Claim): boolean {
  return claim.startId !== holder.startId && !sameEndpoint(claim.endpoint, holder.endpoint);
}

/** The members that an owner asks: the first that are present. */
export function votersOf(members: readonly Member[], own: MemberName): readonly Member[] {
  return members.filter(({ name, state }) => name !== own && isPresent(state)).slice(0, VOTERS_MAX);
}

/**
 * Whether an owner yields to the other: more than half of those that it asked hold the other, or as
 * many as hold it and the other started first. Without any answer nothing is decided.
 *
 * @param held what each says: a start, null for none, undefined while it is silent
 */
export function mustYield(
  held: readonly (StartId | null | undefined)[],
  own: StartId,
  other: StartId,
): boolean {
  const theirs = held.filter((startId) => startId === other).length;
  const ours = held.filter((startId) => startId === own).length;
  return 2 * theirs > held.length || (theirs > 0 && theirs === ours && startedFirst(other, own));
}

/** The same where there is no member to ask: only an address that an operator named is trusted. */
export function mustYieldAlone(own: StartId, other: StartId, isSeed: boolean): boolean {
  return isSeed && startedFirst(other, own);
}

/** A start id begins with the second of the start: the smaller one is the older. */
export function startedFirst(start: StartId, other: StartId): boolean {
  return start < other;
}
