import { z } from "zod";
import type { ConditionSource } from "../conditions/registry.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { checkStandingStep, parseStandingStep, type StandingStep } from "./expectation.ts";
import { condition } from "./step-fields.ts";
import type { StepOutcome, StepRun } from "./step-run.ts";
import type { StepWord } from "./step-word.ts";

/** A condition that holds, or does not, from here to the end of the block. */
export type StandingSource<V extends string> = { readonly [K in V]: ConditionSource };

type StandingWord<V extends "always" | "never"> = StepWord<V, StandingSource<V>, StandingStep<V>>;

const MEANING = "From here to the end of the block";

/** `always: condition`. */
export const always: StandingWord<"always"> = {
  word: "always",
  schema: schemaOf<StandingSource<"always">>()(
    z.strictObject({ always: condition }).describe(MEANING),
  ),
  parse: (source, context) => parseStandingStep("always", source.always, context),
  check: checkStandingStep,
  perform: stand,
};

/** `never: condition`. */
export const never: StandingWord<"never"> = {
  word: "never",
  schema: schemaOf<StandingSource<"never">>()(
    z.strictObject({ never: condition }).describe(MEANING),
  ),
  parse: (source, context) => parseStandingStep("never", source.never, context),
  check: checkStandingStep,
  perform: stand,
};

async function stand(step: StandingStep, run: StepRun): Promise<StepOutcome> {
  await run.stand(step);
  return "done";
}
