import { z } from "zod";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { ProcessStep } from "./process-word.ts";
import type { Step } from "./registry.ts";
import { standStillWord } from "./stand-still.ts";
import { TIMED_FAULT } from "./step-fields.ts";
import type { StepWord } from "./step-word.ts";
import type { TimedFaultSource } from "./timed-fault.ts";

/** Their machines stand still, and not their processes alone: the kernels answer nothing. */
export interface SuspendSource extends TimedFaultSource {
  readonly suspend: NodesSource;
}

/** Whether any of the steps suspends a machine: nodes then need machines of their own. */
export function suspendsMachines(steps: readonly Step[]): boolean {
  return steps.some(
    (step) =>
      step.verb === "suspend" ||
      ("during" in step && suspendsMachines(step.during)) ||
      ("steps" in step && suspendsMachines(step.steps)),
  );
}

/** `suspend: nodes`, `for: 1.3s`. */
export const suspend: StepWord<"suspend", SuspendSource, ProcessStep<"suspend">> = standStillWord({
  word: "suspend",
  schema: schemaOf<SuspendSource>()(
    z
      .strictObject({ suspend: nodes, ...TIMED_FAULT })
      .describe("Their machines sleep: the kernels answer nothing"),
  ),
  past: "suspended",
  begin: (cluster, which) => cluster.suspend(which),
});
