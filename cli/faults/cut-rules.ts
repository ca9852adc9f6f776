import type { FaultsRequest } from "../../src/control/api-types.ts";

/** Members of different groups lose each other; with `isOneWay` only what the first group sends to the others is lost. */
export function cutRules(
  groups: readonly (readonly string[])[],
  isOneWay = false,
): FaultsRequest["rules"] {
  const senders = isOneWay ? groups.slice(0, 1) : groups;
  return senders.map((from) => ({
    from,
    to: groups.flatMap((group) => (group === from ? [] : group)),
    drop: 1,
  }));
}
