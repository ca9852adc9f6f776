import type { NodesSource } from "../language/scalar-sources.ts";
import type { StepContext } from "../steps/step-word.ts";
import { addIssue } from "./fault-word.ts";

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
    if (seen.has(node)) addIssue(context, word, `${node} is on two sides`);
    seen.add(node);
  }
  return parsed;
}

/** The nodes that are not among these. */
export function without(nodes: readonly string[], some: readonly string[]): string[] {
  return nodes.filter((node) => !some.includes(node));
}
