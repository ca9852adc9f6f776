import { z } from "zod";
import { CUT } from "../../cluster/link-cuts.ts";
import type { LinkRule } from "../../transport/link-rules.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { addIssue, type FaultWord, faultWord } from "./fault-word.ts";

/** Each reaches a majority, its nearest in this order, and no two the same one. */
export interface RingSource extends TimedFaultSource {
  readonly ring: NodesSource;
}

/** `ring: nodes`. */
export const ring: FaultWord<"ring", RingSource> = faultWord({
  word: "ring",
  schema: schemaOf<RingSource>()(
    z
      .strictObject({ ring: nodes, ...TIMED_FAULT })
      .describe("Each reaches a majority, its nearest in this order, and no two the same one"),
  ),
  parse(source, context) {
    const members = context.names.expand(source.ring, [...context.path, "ring"]);
    if (members.length < 4) {
      addIssue(context, "ring", "a ring of majorities needs at least 4 nodes");
    }
    const label = `ring of majorities ${showNames(members)}`;
    return { rules: ringRules(members), nodes: members, label };
  },
});

/** Each keeps so many neighbours on both sides that they are a majority together, itself included. */
function ringRules(members: readonly string[]): LinkRule[] {
  const count = members.length;
  const reach = Math.ceil(Math.floor(count / 2) / 2);
  return members.flatMap((node, at) => {
    const far = members.filter((_, other) => {
      const apart = Math.abs(other - at);
      return Math.min(apart, count - apart) > reach;
    });
    return far.length === 0 ? [] : [{ from: [node], to: far, ...CUT }];
  });
}
