import { z } from "zod";
import type { ConditionSource } from "../conditions/registry.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { checkStandingStep, parseStandingStep, type StandingStep } from "./expectation.ts";
import { condition } from "./step-fields.ts";
import type { StepWord } from "./step-word.ts";

/** From here to the end of the block. */
export interface NeverSource {
  readonly never: ConditionSource;
}

/** `never: condition`. */
export const never: StepWord<"never", NeverSource, StandingStep<"never">> = {
  word: "never",
  schema: schemaOf<NeverSource>()(
    z.strictObject({ never: condition }).describe("From here to the end of the block"),
  ),
  parse: (source, context) => parseStandingStep("never", source.never, context),
  check: checkStandingStep,
  async perform(step, run) {
    await run.stand(step);
    return "done";
  },
};
