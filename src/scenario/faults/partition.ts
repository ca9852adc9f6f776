import { z } from "zod";
import { cutSides } from "../../cluster/link-cuts.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { parseSides, without } from "./cuts.ts";
import { sides } from "./fault-fields.ts";
import { addIssue, type FaultWord, faultWord } from "./fault-word.ts";

/** Sides that do not reach each other; the nodes in none form one more. */
export interface PartitionSource extends TimedFaultSource {
  readonly partition: readonly NodesSource[];
}

/** `partition: [[a, b], [c]]`. */
export const partition: FaultWord<"partition", PartitionSource> = faultWord({
  word: "partition",
  schema: schemaOf<PartitionSource>()(
    z
      .strictObject({ partition: sides, ...TIMED_FAULT })
      .describe("Sides that do not reach each other; those in none form one more"),
  ),
  parse(source, context) {
    const named = parseSides(source.partition, ["partition"], context);
    const others = without(context.names.nodes, named.flat());
    const all = others.length === 0 ? named : [...named, others];
    if (all.length < 2)
      addIssue(context, "partition", "one side holds every node; name at least two sides");
    const label = `partition ${all.map((side) => `{${side.join(" ")}}`).join(" | ")}`;
    return { rules: cutSides(all), nodes: named.flat(), label };
  },
});
