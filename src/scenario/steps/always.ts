import { z } from "zod";
import type { ConditionSource } from "../conditions/registry.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { checkStandingStep, parseStandingStep, type StandingStep } from "./expectation.ts";
import { condition } from "./step-fields.ts";
import type { StepWord } from "./step-word.ts";

/** From here to the end of the block. */
export interface AlwaysSource {
  readonly always: ConditionSource;
}

/** `always: condition`. */
export const always: StepWord<"always", AlwaysSource, StandingStep<"always">> = {
  word: "always",
  schema: schemaOf<AlwaysSource>()(
    z.strictObject({ always: condition }).describe("From here to the end of the block"),
  ),
  parse: (source, context) => parseStandingStep("always", source.always, context),
  check: checkStandingStep,
  async perform(step, run) {
    await run.stand(step);
    return "done";
  },
};
