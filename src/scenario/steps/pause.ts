import { z } from "zod";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { type ProcessStep, parseProcessStep, processWord } from "./process-word.ts";
import { TIMED_FAULT } from "./step-fields.ts";
import type { StepWord } from "./step-word.ts";
import type { TimedFaultSource } from "./timed-fault.ts";

/** SIGSTOP: they are paused. */
export interface PauseSource extends TimedFaultSource {
  readonly pause: NodesSource;
}

const word = processWord<"pause", PauseSource>({
  word: "pause",
  schema: schemaOf<PauseSource>()(
    z.strictObject({ pause: nodes, ...TIMED_FAULT }).describe("SIGSTOP: they are paused"),
  ),
  past: "paused",
  leaves: "paused",
  complaint: (node, processes) => processes.whyNotUp(node),
  async perform(step, run) {
    const { context } = run;
    await context.unlessAborted(context.cluster.pause(step.nodes));
    if (step.forMs === null) return;
    await run.playFault(step, step.forMs);
    const paused = step.nodes.filter((node) => context.state.process(node).is === "paused");
    await context.unlessAborted(context.cluster.resume(paused));
  },
});

/** `pause: nodes`, `for: 5s`. */
export const pause: StepWord<"pause", PauseSource, ProcessStep<"pause">> = {
  ...word,
  parse: ({ pause: who, ...fault }, context) => parseProcessStep("pause", who, context, fault),
  check(step, timeline) {
    const tookMs = word.check(step, timeline);
    if (step.forMs === null) return tookMs;
    // A step during the pause may have ended it, or the process.
    const paused = step.nodes.filter((node) => timeline.processes.of(node).is === "paused");
    for (const node of paused) {
      timeline.processes.set(node, "up", `its pause was over after line ${step.line}`);
    }
    return tookMs;
  },
};
