import { z } from "zod";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { type ProcessStep, processWord } from "./process-word.ts";
import type { StepWord } from "./step-word.ts";

/** SIGKILL. */
export interface KillSource {
  readonly kill: NodesSource;
}

/** `kill: nodes`. */
export const kill: StepWord<"kill", KillSource, ProcessStep<"kill">> = processWord({
  word: "kill",
  schema: schemaOf<KillSource>()(z.strictObject({ kill: nodes }).describe("SIGKILL")),
  past: "killed",
  leaves: "down",
  // A paused process can be killed.
  complaint: (node, processes) =>
    processes.of(node).is === "down" ? processes.tellDown(node) : undefined,
  perform: ({ nodes: whose }, { context }) =>
    context.unlessAborted(context.cluster.end(whose, "kill")),
});
