import type { LinkEnd, LinkRule } from "../../transport/link-rules.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import type { StepContext } from "../steps/step-word.ts";
import { complain } from "./fault-word.ts";

/** What happens to what is sent over a link. */
export type Effect = Omit<LinkRule, "from" | "to">;

/** Nothing arrives. */
export const CUT: Effect = { drop: 1 };

/** The effect on links in both directions. */
export function bothWays(effect: Effect, left: LinkEnd, right: LinkEnd): LinkRule[] {
  return [
    { from: left, to: right, ...effect },
    { from: right, to: left, ...effect },
  ];
}

/** Sides of a cluster that share no node, where `word` and perhaps a key under it lists them. */
export function parseSides(
  sides: readonly NodesSource[],
  [word, ...keys]: readonly [string, ...string[]],
  context: StepContext,
): (readonly string[])[] {
  const base = [...context.path, word, ...keys];
  const parsed = sides.map((side, at) => context.names.expand(side, [...base, at]));
  const seen = new Set<string>();
  for (const node of parsed.flat()) {
    if (seen.has(node)) complain(context, word, `${node} is on two sides`);
    seen.add(node);
  }
  return parsed;
}

/** Cuts every link between two sides. */
export function cutSides(sides: readonly (readonly string[])[]): LinkRule[] {
  return sides.flatMap((from, at) => {
    const to = sides.filter((_, other) => other !== at).flat();
    return to.length === 0 ? [] : [{ from, to, ...CUT }];
  });
}

/** The nodes that are not among these. */
export function without(nodes: readonly string[], some: readonly string[]): string[] {
  return nodes.filter((node) => !some.includes(node));
}
