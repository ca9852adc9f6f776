import { z } from "zod";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { ProcessStep } from "./process-word.ts";
import { standStillWord } from "./stand-still.ts";
import { TIMED_FAULT } from "./step-fields.ts";
import type { StepWord } from "./step-word.ts";
import type { TimedFaultSource } from "./timed-fault.ts";

/** SIGSTOP: they are paused. */
export interface PauseSource extends TimedFaultSource {
  readonly pause: NodesSource;
}

/** `pause: nodes`, `for: 5s`. */
export const pause: StepWord<"pause", PauseSource, ProcessStep<"pause">> = standStillWord({
  word: "pause",
  schema: schemaOf<PauseSource>()(
    z.strictObject({ pause: nodes, ...TIMED_FAULT }).describe("SIGSTOP: they are paused"),
  ),
  past: "paused",
  begin: (cluster, which) => cluster.pause(which),
});
