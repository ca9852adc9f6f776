import { z } from "zod";
import type { SourceLocation } from "../language/scenario.ts";
import { line } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { StepWord } from "./step-word.ts";

/** A line in the report, and a name for `since`. */
export interface MarkSource {
  readonly mark: string;
}

/** A text that is written down at its time. */
export interface NoteStep<V extends "mark" | "log" = "mark" | "log"> extends SourceLocation {
  readonly kind: "note";
  readonly verb: V;
  readonly text: string;
}

/** `mark: text`. */
export const mark: StepWord<"mark", MarkSource, NoteStep<"mark">> = {
  word: "mark",
  schema: schemaOf<MarkSource>()(
    z.strictObject({ mark: line }).describe("A line in the report, and a name for `since`"),
  ),
  parse: ({ mark: text }) => ({ kind: "note", verb: "mark", text, label: text }),
  check(step, timeline) {
    timeline.marks.add(step.text);
    return 0;
  },
  async perform(step, run) {
    run.mark(step.text);
    return "done";
  },
};
