import { z } from "zod";
import { cutSides } from "../../cluster/link-cuts.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { parseSides } from "./cuts.ts";
import { sides } from "./fault-fields.ts";
import { addIssue, type FaultWord, faultWord } from "./fault-word.ts";

/** Two sides that do not reach each other, and nodes that reach both. */
export interface BridgeSource extends TimedFaultSource {
  readonly bridge: { readonly sides: readonly NodesSource[]; readonly over: NodesSource };
}

/** `bridge: { sides: [[a, b], [d, e]], over: c }`. */
export const bridge: FaultWord<"bridge", BridgeSource> = faultWord({
  word: "bridge",
  schema: schemaOf<BridgeSource>()(
    z
      .strictObject({
        bridge: z.strictObject({ sides: sides.length(2, { error: "must be two" }), over: nodes }),
        ...TIMED_FAULT,
      })
      .describe("Two sides that do not reach each other, and nodes that reach both"),
  ),
  parse({ bridge: written }, context) {
    const both = parseSides(written.sides, ["bridge", "sides"], context);
    const over = context.names.expand(written.over, [...context.path, "bridge", "over"]);
    const double = both.flat().find((node) => over.includes(node));
    if (double !== undefined) {
      addIssue(context, "bridge", `${double} is on a side and the bridge`);
    }
    const [left = [], right = []] = both;
    const label = `bridge ${showNames(left)} ${showNames(over)} ${showNames(right)}`;
    return { rules: cutSides(both), nodes: [...both.flat(), ...over], label };
  },
});
