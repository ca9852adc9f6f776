import { z } from "zod";
import type { Millis } from "../../core/member.ts";
import type { DurationSource } from "../language/scalar-sources.ts";
import type { SourceLocation } from "../language/scenario.ts";
import { duration, durationMs } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { StepWord } from "./step-word.ts";

/** Lets time pass. */
export interface WaitSource {
  readonly wait: DurationSource;
}

/** Time passes; nothing is done. */
export interface WaitStep extends SourceLocation {
  readonly kind: "wait";
  readonly verb: "wait";
  readonly forMs: Millis;
}

/** `wait: 2s`. */
export const wait: StepWord<"wait", WaitSource, WaitStep> = {
  word: "wait",
  schema: schemaOf<WaitSource>()(z.strictObject({ wait: duration }).describe("Lets time pass")),
  parse: ({ wait: text }) => ({
    kind: "wait",
    verb: "wait",
    forMs: durationMs(text),
    label: `wait ${text}`,
  }),
  check(step, timeline) {
    timeline.mustFit(step, step.forMs);
    return step.forMs;
  },
  async perform(step, { context }) {
    await context.passUntil(context.nowMs + step.forMs);
    return "done";
  },
};
