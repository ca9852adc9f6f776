import { z } from "zod";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { type ProcessStep, processWord } from "./process-word.ts";
import type { StepWord } from "./step-word.ts";

/** SIGTERM: they leave and end. */
export interface StopSource {
  readonly stop: NodesSource;
}

/** `stop: nodes`. */
export const stop: StepWord<"stop", StopSource, ProcessStep<"stop">> = processWord({
  word: "stop",
  schema: schemaOf<StopSource>()(
    z.strictObject({ stop: nodes }).describe("SIGTERM: they leave and end"),
  ),
  past: "stopped",
  leaves: "down",
  complaint: (node, processes) => processes.whyNotUp(node),
  perform: ({ nodes: whose }, { context }) =>
    context.unlessAborted(context.cluster.end(whose, "stop")),
});
