import { z } from "zod";
import { CUT, type LinkEffect } from "../../cluster/link-cuts.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { StepContext } from "../steps/step-word.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { ends } from "./fault-fields.ts";
import { addIssue, type FaultWord, faultWord, type LinkFault } from "./fault-word.ts";

/** Both ends of links in one direction. */
export interface EndsSource {
  readonly from: NodesSource;
  readonly to: NodesSource;
}

/** What the one sends does not arrive at the other. */
export interface OnewaySource extends TimedFaultSource {
  readonly oneway: EndsSource;
}

/** `oneway: { from: a, to: b }`. */
export const oneway: FaultWord<"oneway", OnewaySource> = faultWord({
  word: "oneway",
  schema: schemaOf<OnewaySource>()(
    z
      .strictObject({ oneway: ends, ...TIMED_FAULT })
      .describe("What the one sends does not arrive at the other"),
  ),
  parse: (source, context) =>
    oneDirection({ word: "oneway", effect: CUT, becomes: "lost" }, source.oneway, context),
});

/** What the one sends to the other is refused, as by a filter: port unreachable. */
export interface RejectSource extends TimedFaultSource {
  readonly reject: EndsSource;
}

const REFUSED = { word: "reject", effect: { ...CUT, reject: true }, becomes: "refused" } as const;

/** `reject: { from: a, to: b }`. */
export const reject: FaultWord<"reject", RejectSource> = faultWord({
  word: "reject",
  schema: schemaOf<RejectSource>()(
    z
      .strictObject({ reject: ends, ...TIMED_FAULT })
      .describe("What the one sends to the other is refused, as by a filter: port unreachable"),
  ),
  parse: (source, context) => oneDirection(REFUSED, source.reject, context),
});

/** An effect on what the one sends to the other; `becomes` says what it comes to. */
function oneDirection(
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
