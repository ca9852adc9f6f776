import { z } from "zod";
import type { NodesSource } from "../language/scalar-sources.ts";
import { name, nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { type ProcessStep, parseProcessStep, processWord } from "./process-word.ts";
import type { StepWord } from "./step-word.ts";

/** Starts processes, all at once, and waits until they are ready. */
export interface StartSource {
  readonly start: NodesSource;
  /** The member that it claims to be. */
  readonly as?: string | undefined;
  /** The nodes that it dials; default: the first few that run. */
  readonly join?: NodesSource | undefined;
}

/** `start: nodes`, `as: name`, `join: nodes`. */
export const start: StepWord<"start", StartSource, ProcessStep<"start">> = {
  ...processWord<"start", StartSource>({
    word: "start",
    schema: schemaOf<StartSource>()(
      z
        .strictObject({
          start: nodes,
          as: name.describe("The member that it claims to be").optional(),
          join: nodes
            .describe("The nodes that it dials; default: the first few that run")
            .optional(),
        })
        .describe("Starts processes, all at once, and waits until they are ready"),
    ),
    past: "started",
    leaves: "up",
    complaint(node, processes) {
      const { is, because } = processes.of(node);
      return is === "down"
        ? undefined
        : `${node} is already running (${because}); use restart to stop and start it`;
    },
    perform: (step, { processes }) => processes.start(step.nodes, step),
  }),
  parse({ start: who, as = null, join }, context) {
    const { names, path } = context;
    const dialled = join === undefined ? null : names.expand(join, [...path, "join"]);
    const step = parseProcessStep("start", who, context);
    const label = as === null ? step.label : `${step.label} as ${as}`;
    return { ...step, as, join: dialled, label };
  },
};
