import { z } from "zod";
import { line } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { StepSource } from "./registry.ts";
import type { RepeatStep } from "./repeat.ts";
import { steps } from "./step-fields.ts";
import type { StepWord } from "./step-word.ts";

/** A part with a name; what is always or never ends with it. */
export interface SectionSource {
  readonly section: string;
  readonly steps: readonly StepSource[];
}

/** `section: a name`, `steps: […]`. */
export const section: StepWord<"section", SectionSource, RepeatStep<"section">> = {
  word: "section",
  schema: schemaOf<SectionSource>()(
    z
      .strictObject({ section: line, steps })
      .describe("A part with a name; what is always or never ends with it"),
  ),
  parse({ section: label, steps: written }, { path, parseSteps }) {
    const inside = parseSteps(written, [...path, "steps"]);
    return { kind: "repeat", verb: "section", times: 1, steps: inside, label };
  },
  check: (step, timeline) => timeline.steps(step.steps),
  async perform(step, run) {
    await run.play(step.steps);
    return "done";
  },
};
