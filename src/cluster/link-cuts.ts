import type { LinkEnd, LinkRule } from "../transport/link-rules.ts";

/** What happens to what is sent over a link. */
export type LinkEffect = Omit<LinkRule, "from" | "to">;

/** Nothing arrives. */
export const CUT: LinkEffect = { drop: 1 };

/** The effect on links in both directions. */
export function bothWays(effect: LinkEffect, left: LinkEnd, right: LinkEnd): LinkRule[] {
  return [
    { from: left, to: right, ...effect },
    { from: right, to: left, ...effect },
  ];
}

/** Cuts every link between two sides; with `isOneWay` only those from the first side to the others. */
export function cutSides(
  sides: readonly (readonly string[])[],
  isOneWay = false,
): (LinkRule & { readonly from: string[]; readonly to: string[] })[] {
  return sides.slice(0, isOneWay ? 1 : undefined).flatMap((from, at) => {
    const to = sides.filter((_, other) => other !== at).flat();
    return to.length === 0 ? [] : [{ from: [...from], to, ...CUT }];
  });
}
