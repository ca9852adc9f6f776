import { z } from "zod";
import type { ConditionSource } from "../conditions/registry.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import {
  checkExpectStep,
  type ExpectStep,
  type PatienceSource,
  parseExpectStep,
} from "./expectation.ts";
import { condition, PATIENCE } from "./step-fields.ts";
import type { StepWord } from "./step-word.ts";

/** As `await`, but a failure does not end the run; without `within` it must hold now. */
export interface ExpectSource extends PatienceSource {
  readonly expect: ConditionSource;
}

/** `expect: condition`, `within: 5s`, `hold: 1s`. */
export const expect: StepWord<"expect", ExpectSource, ExpectStep<"expect">> = {
  word: "expect",
  schema: schemaOf<ExpectSource>()(
    z
      .strictObject({ expect: condition, ...PATIENCE })
      .describe("As await, but a failure does not end the run; without within it must hold now"),
  ),
  parse: (source, context) => parseExpectStep("expect", source.expect, source, context),
  check: checkExpectStep,
  perform: (step, run) => run.expect(step),
};
