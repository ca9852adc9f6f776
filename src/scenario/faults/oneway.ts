import { z } from "zod";
import { CUT } from "../../cluster/link-cuts.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { TIMED_FAULT } from "../steps/step-fields.ts";
import type { TimedFaultSource } from "../steps/timed-fault.ts";
import { ends } from "./fault-fields.ts";
import { type FaultWord, faultWord } from "./fault-word.ts";
import { type EndsSource, oneDirection } from "./one-direction.ts";

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
