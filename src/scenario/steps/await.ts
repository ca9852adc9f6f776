import { z } from "zod";
import type { ConditionSource } from "../conditions/registry.ts";
import type { DurationSource } from "../language/scalar-sources.ts";
import { duration } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { checkExpectStep, type ExpectStep, parseExpectStep } from "./expectation.ts";
import { condition, PATIENCE } from "./step-fields.ts";
import type { StepWord } from "./step-word.ts";

/** Waits until the condition holds. */
export interface AwaitSource {
  readonly await: ConditionSource;
  readonly within: DurationSource;
  readonly hold?: DurationSource | undefined;
}

/** `await: condition`, `within: 5s`, `hold: 1s`. */
export const awaitWord: StepWord<"await", AwaitSource, ExpectStep<"await">> = {
  word: "await",
  schema: schemaOf<AwaitSource>()(
    z
      .strictObject({ await: condition, ...PATIENCE, within: duration })
      .describe("Waits until the condition holds"),
  ),
  parse: (source, context) => parseExpectStep("await", source.await, source, context),
  check: checkExpectStep,
  perform: (step, run) => run.expect(step),
};
