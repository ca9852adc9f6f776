import { z } from "zod";
import type { SourceLocation } from "../language/scenario.ts";
import { wholeNumber } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { Step, StepSource } from "./registry.ts";
import { steps } from "./step-fields.ts";
import type { StepWord } from "./step-word.ts";

/** Several rounds. */
export interface RepeatSource {
  readonly repeat: number;
  readonly steps: readonly StepSource[];
}

/** Steps that are played together, so many times. */
export interface RepeatStep<V extends "repeat" | "section" = "repeat" | "section">
  extends SourceLocation {
  readonly kind: "repeat";
  readonly verb: V;
  readonly times: number;
  readonly steps: readonly Step[];
}

/** `repeat: 10`, `steps: […]`. */
export const repeat: StepWord<"repeat", RepeatSource, RepeatStep<"repeat">> = {
  word: "repeat",
  schema: schemaOf<RepeatSource>()(
    z.strictObject({ repeat: wholeNumber(1, 1000), steps }).describe("Several rounds"),
  ),
  parse({ repeat: times, steps: written }, { path, parseSteps }) {
    const inside = parseSteps(written, [...path, "steps"]);
    const label = `repeat ${times} times`;
    return { kind: "repeat", verb: "repeat", times, steps: inside, label };
  },
  check(step, timeline) {
    const onceMs = timeline.steps(step.steps);
    // A second round begins where the first one ended.
    if (step.times > 1) timeline.steps(step.steps);
    return step.times * onceMs;
  },
  async perform(step, run) {
    for (let round = 0; round < step.times; round++) await run.play(step.steps);
    return "done";
  },
};
