import { z } from "zod";
import { CUT } from "../../cluster/link-cuts.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { ends } from "./fault-fields.ts";
import { type FaultWord, faultWord } from "./fault-word.ts";
import { type EndsSource, oneDirection } from "./one-direction.ts";

/** What the one sends to the other is refused, as by a filter: port unreachable. */
export interface RejectSource extends TimedFaultSource {
  readonly reject: EndsSource;
}

/** `reject: { from: a, to: b }`. */
export const reject: FaultWord<"reject", RejectSource> = faultWord({
  word: "reject",
  schema: schemaOf<RejectSource>()(
    z
      .strictObject({ reject: ends, ...TIMED_FAULT })
      .describe("What the one sends to the other is refused, as by a filter: port unreachable"),
  ),
  parse: (source, context) =>
    oneDirection(
      { word: "reject", effect: { ...CUT, reject: true }, becomes: "refused" },
      source.reject,
      context,
    ),
});
