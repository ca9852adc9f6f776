import { z } from "zod";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { type ProcessStep, processWord } from "./process-word.ts";
import type { StepWord } from "./step-word.ts";

/** They leave on request, and end. */
export interface LeaveSource {
  readonly leave: NodesSource;
}

/** `leave: nodes`. */
export const leave: StepWord<"leave", LeaveSource, ProcessStep<"leave">> = processWord({
  word: "leave",
  schema: schemaOf<LeaveSource>()(
    z.strictObject({ leave: nodes }).describe("They leave on request, and end"),
  ),
  past: "asked to leave",
  leaves: "down",
  complaint: (node, processes) => processes.whyNotUp(node),
  perform: ({ nodes: whose }, { context }) =>
    context.unlessAborted(context.cluster.end(whose, "leave")),
});
