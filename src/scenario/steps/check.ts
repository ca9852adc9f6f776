import { z } from "zod";
import type { RunView } from "../language/run-view.ts";
import { line } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import {
  checkExpectStep,
  type ExpectStep,
  type PatienceSource,
  patienceOf,
} from "./expectation.ts";
import { PATIENCE } from "./step-fields.ts";
import type { StepWord } from "./step-word.ts";

/** A function of a program: undefined when it is so, else what is wrong. */
export interface CheckSource extends PatienceSource {
  readonly check: (view: RunView) => string | undefined;
  readonly title?: string | undefined;
}

const test = z.custom<CheckSource["check"]>((value) => typeof value === "function", {
  error: "must be a function; only a program can give one",
});

/** `{ check: (view) => …, within: "5s" }`, in a program. */
export const check: StepWord<"check", CheckSource, ExpectStep<"expect">> = {
  word: "check",
  isForPrograms: true,
  schema: schemaOf<CheckSource>()(
    z
      .strictObject({ check: test, title: line.optional(), ...PATIENCE })
      .describe("A function of a program: undefined when it is so, else what is wrong"),
  ),
  parse: (source) => ({
    kind: "expect",
    verb: "expect",
    condition: { kind: "custom", test: source.check },
    viewers: null,
    ...patienceOf(source),
    label: source.title ?? "check",
  }),
  check: checkExpectStep,
  perform: (step, run) => run.expect(step),
};
