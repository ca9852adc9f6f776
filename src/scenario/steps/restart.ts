import { z } from "zod";
import type { DurationSource, NodesSource } from "../language/scalar-sources.ts";
import { duration, durationMs, nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { type ProcessStep, parseProcessStep, processWord } from "./process-word.ts";
import type { StepWord } from "./step-word.ts";

/** SIGKILL if they run, and a start at the same address. */
export interface RestartSource {
  readonly restart: NodesSource;
  /** How long they are down; not at all unless given. */
  readonly down?: DurationSource | undefined;
}

/** `restart: nodes`, `down: 1s`. */
export const restart: StepWord<"restart", RestartSource, ProcessStep<"restart">> = {
  ...processWord<"restart", RestartSource>({
    word: "restart",
    schema: schemaOf<RestartSource>()(
      z
        .strictObject({ restart: nodes, down: duration.optional() })
        .describe("SIGKILL if they run, and a start at the same address"),
    ),
    past: "restarted",
    leaves: "up",
    complaint: (node, processes) =>
      processes.hasStarted(node)
        ? undefined
        : `${node} cannot be restarted: ${processes.of(node).because}`,
    async perform(step, { context, processes }) {
      const running = step.nodes.filter((node) => context.state.process(node).is !== "down");
      await context.unlessAborted(context.cluster.end(running, "kill"));
      await context.passUntil(context.nowMs + step.downMs);
      await processes.start(step.nodes);
    },
  }),
  parse({ restart: who, down }, context) {
    const step = parseProcessStep("restart", who, context);
    if (down === undefined) return step;
    return { ...step, downMs: durationMs(down), label: `${step.label} after ${down}` };
  },
};
