import { bothWays, type LinkEffect } from "../../cluster/link-cuts.ts";
import type { LinkEnd } from "../../transport/link-rules.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource, ShareSource } from "../language/scalar-sources.ts";
import { shareOf } from "../language/schemas/scalars.ts";
import type { StepContext } from "../steps/step-word.ts";
import { without } from "./cuts.ts";
import { addIssue, type LinkFault } from "./fault-word.ts";

/** Which links: all, those from or to nodes, those between two sides, or those of one node. */
export interface LinksSource {
  readonly from?: NodesSource | undefined;
  readonly to?: NodesSource | undefined;
  /** Both directions between two sides. */
  readonly between?: readonly NodesSource[] | undefined;
  /** Every link from and to these nodes. */
  readonly node?: NodesSource | undefined;
}

/** An effect, whose word it is, and how its label begins. */
interface Selected {
  readonly word: string;
  readonly effect: LinkEffect;
  readonly what: string;
}

/** The effect on the links that were named; on all of them where none were. */
export function onSelectedLinks(
  selected: Selected,
  links: LinksSource,
  context: StepContext,
): LinkFault {
  const { word, effect, what } = selected;
  const { from, to, between, node } = links;
  const given = [from ?? to, between, node].filter((each) => each !== undefined);
  if (given.length > 1)
    addIssue(context, word, "name the links in one way: from and to, between, or node");
  if (between !== undefined) return betweenSides(selected, between, context);
  if (node !== undefined) return ofNodes(selected, node, context);
  if (from === undefined && to === undefined) {
    return { rules: [{ from: "*", to: "*", ...effect }], nodes: [], label: `${what} everywhere` };
  }
  const endAt = (key: "from" | "to"): LinkEnd => {
    const written = links[key];
    return written === undefined
      ? "*"
      : context.names.expand(written, [...context.path, word, key]);
  };
  const ends = { from: endAt("from"), to: endAt("to") };
  const nodes = [...new Set([ends.from, ends.to].flatMap((end) => (end === "*" ? [] : end)))];
  const label = `${what} ${showEnd(ends.from)} -> ${showEnd(ends.to)}`;
  return { rules: [{ ...ends, ...effect }], nodes, label };
}

function betweenSides(
  { word, effect, what }: Selected,
  between: readonly NodesSource[],
  context: StepContext,
): LinkFault {
  const [left = [], right = []] = between.map((side, at) =>
    context.names.expand(side, [...context.path, word, "between", at]),
  );
  const label = `${what} ${showNames(left)} <-> ${showNames(right)}`;
  const nodes = [...new Set([...left, ...right])];
  // Among themselves is one rule: two would add up.
  if (nodes.length === left.length && nodes.length === right.length) {
    return { rules: [{ from: left, to: right, ...effect }], nodes, label };
  }
  const both = left.find((each) => right.includes(each));
  if (both !== undefined) addIssue(context, word, `${both} is on both sides`);
  return { rules: bothWays(effect, left, right), nodes, label };
}

function ofNodes(
  { word, effect, what }: Selected,
  node: NodesSource,
  { names, path }: StepContext,
): LinkFault {
  const nodes = names.expand(node, [...path, word, "node"]);
  // Between two of them one rule only: two would add up.
  const others = without(names.nodes, nodes);
  const rules = [{ from: nodes, to: "*", ...effect } as const];
  const inward = others.length === 0 ? [] : [{ from: others, to: nodes, ...effect }];
  return { rules: [...rules, ...inward], nodes, label: `${what} ${showNames(nodes)}` };
}

/** A share on all links, or on those that are named beside it. */
export function parseRate<L extends LinksSource>(
  source: ShareSource | (L & { readonly rate: ShareSource }),
): { readonly links: Partial<L>; readonly rate: number } {
  if (typeof source !== "object") return { links: {}, rate: shareOf(source) };
  return { links: source, rate: shareOf(source.rate) };
}

/** `30 %`. */
export function showRate(rate: number): string {
  return `${Number((rate * 100).toFixed(2))} %`;
}

function showEnd(end: LinkEnd): string {
  return end === "*" ? "everybody" : showNames(end);
}
