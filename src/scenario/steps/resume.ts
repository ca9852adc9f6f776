import { z } from "zod";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { type ProcessStep, processWord } from "./process-word.ts";
import type { StepWord } from "./step-word.ts";

/** SIGCONT; the machines of suspended ones wake first. */
export interface ResumeSource {
  readonly resume: NodesSource;
}

/** `resume: nodes`. */
export const resume: StepWord<"resume", ResumeSource, ProcessStep<"resume">> = processWord({
  word: "resume",
  schema: schemaOf<ResumeSource>()(
    z.strictObject({ resume: nodes }).describe("SIGCONT, or the end of a suspend"),
  ),
  past: "resumed",
  leaves: "up",
  complaint: (node, processes) =>
    processes.of(node).is === "paused" ? undefined : `${node} is not paused here`,
  perform: ({ nodes: whose }, { context }) => context.unlessAborted(context.cluster.resume(whose)),
});
