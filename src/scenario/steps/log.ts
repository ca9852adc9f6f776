import { z } from "zod";
import { line } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { NoteStep } from "./mark.ts";
import type { StepWord } from "./step-word.ts";

/** A line in the output. */
export interface LogSource {
  readonly log: string;
}

/** `log: text`. */
export const log: StepWord<"log", LogSource, NoteStep<"log">> = {
  word: "log",
  schema: schemaOf<LogSource>()(z.strictObject({ log: line }).describe("A line in the output")),
  parse: ({ log: text }) => ({ kind: "note", verb: "log", text, label: text }),
  check: () => 0,
  async perform(step, run) {
    run.log(step.text);
    return "done";
  },
};
