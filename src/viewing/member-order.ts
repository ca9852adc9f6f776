import type { MemberBody } from "../control/api-types.ts";
import { compareNames } from "../core/name-order.ts";
import { readFilter } from "./member-filter.ts";

/** By what members are ordered. */
export type SortKey = "status" | "name" | "phi" | "heard" | "rtt";

export const SORT_KEYS: readonly SortKey[] = ["status", "name", "phi", "heard", "rtt"];

/** Which members are wanted, and in which order. */
export interface MemberChoice {
  readonly sort: { readonly key: SortKey; readonly isReversed: boolean };
  readonly filter: string;
}

/** What needs eyes comes first. */
const STATE_RANK: Readonly<Record<MemberBody["state"], number>> = {
  suspect: 0,
  dead: 1,
  alive: 2,
  left: 3,
};

type Compare = (a: MemberBody, b: MemberBody) => number;

const COMPARES: Readonly<Record<SortKey, Compare>> = {
  status: (a, b) => STATE_RANK[a.state] - STATE_RANK[b.state],
  name: () => 0,
  phi: (a, b) => (b.phi ?? -1) - (a.phi ?? -1),
  heard: (a, b) => (b.lastHeardMs ?? -1) - (a.lastHeardMs ?? -1),
  rtt: (a, b) => (b.rttMs ?? -1) - (a.rttMs ?? -1),
};

let last: { readonly members: unknown; readonly choice: string; readonly order: MemberBody[] } = {
  members: undefined,
  choice: "",
  order: [],
};

/**
 * The members that the filter picks, in the chosen order, names as the last word. The last answer is kept: between two
 * readings a frame asks again with the same members.
 */
export function orderMembers(
  members: readonly MemberBody[],
  { sort, filter }: MemberChoice,
): readonly MemberBody[] {
  const choice = JSON.stringify([sort, filter]);
  if (last.members === members && last.choice === choice) return last.order;
  const compare = COMPARES[sort.key];
  const sign = sort.isReversed ? -1 : 1;
  const order = members
    .filter(readFilter(filter))
    .sort((a, b) => sign * (compare(a, b) || compareNames(a.name, b.name)));
  last = { members, choice, order };
  return order;
}
