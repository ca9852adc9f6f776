import type { MemberFact, MemberState } from "../member.ts";

/** Left outranks dead: who is known to have left is not called dead (docs/protocol.md §12, rule 17). */
const RANK: Readonly<Record<MemberState, number>> = {
  alive: 0,
  suspect: 1,
  dead: 2,
  left: 3,
  forgotten: 4,
};

/**
 * Whether `next` replaces what we believe about a member. The only place that ranks beliefs.
 *
 * A higher incarnation always wins, because only the member itself may raise it. At equal
 * incarnations the more final state wins (SWIM §4.2): a suspicion must not be undone by an older
 * "alive" that is still travelling.
 */
export function supersedes(next: MemberFact, current: MemberFact): boolean {
  if (next.incarnation !== current.incarnation) return next.incarnation > current.incarnation;
  return RANK[next.state] > RANK[current.state];
}
