import type { LinkEffect } from "../../cluster/link-cuts.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import type { StepContext } from "../steps/step-word.ts";
import { addIssue, type LinkFault } from "./fault-word.ts";

/** Both ends of links in one direction. */
export interface EndsSource {
  readonly from: NodesSource;
  readonly to: NodesSource;
}

/** An effect on what the one sends to the other; `becomes` says what it comes to. */
export function oneDirection(
  { word, effect, becomes }: { word: string; effect: LinkEffect; becomes: "lost" | "refused" },
  source: EndsSource,
  context: StepContext,
): LinkFault {
  const { names, path } = context;
  const from = names.expand(source.from, [...path, word, "from"]);
  const to = names.expand(source.to, [...path, word, "to"]);
  if (from.length === 1 && to.length === 1 && from[0] === to[0]) {
    addIssue(context, word, `${showNames(from)} has no link to itself; name another node`);
  }
  return {
    rules: [{ from, to, ...effect }],
    nodes: [...new Set([...from, ...to])],
    label: `${word} ${showNames(from)} -> ${showNames(to)} ${becomes}`,
  };
}
