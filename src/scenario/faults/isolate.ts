import { z } from "zod";
import { bothWays, CUT } from "../../cluster/link-cuts.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { type FaultWord, faultWord } from "./fault-word.ts";

/** Each node is cut off from all others. */
export interface IsolateSource extends TimedFaultSource {
  readonly isolate: NodesSource;
}

/** `isolate: nodes`. */
export const isolate: FaultWord<"isolate", IsolateSource> = faultWord({
  word: "isolate",
  schema: schemaOf<IsolateSource>()(
    z
      .strictObject({ isolate: nodes, ...TIMED_FAULT })
      .describe("Each node is cut off from all others"),
  ),
  parse(source, { names, path }) {
    const alone = names.expand(source.isolate, [...path, "isolate"]);
    const rules = alone.flatMap((node) => bothWays(CUT, [node], "*"));
    return { rules, nodes: alone, label: `isolate ${showNames(alone)}` };
  },
});
