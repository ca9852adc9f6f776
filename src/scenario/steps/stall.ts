import { z } from "zod";
import type { Millis } from "../../core/member.ts";
import { showNames } from "../language/parsing/names.ts";
import type { DurationSource, NodesSource } from "../language/scalar-sources.ts";
import type { SourceLocation } from "../language/scenario.ts";
import { duration, durationMs, nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { Step, StepSource } from "./registry.ts";
import { steps } from "./step-fields.ts";
import type { StepWord } from "./step-word.ts";

/** Blocks the event loop of daemons. */
export interface StallSource {
  readonly stall: NodesSource;
  readonly for: DurationSource;
  readonly during?: readonly StepSource[] | undefined;
}

/** Blocks the event loop of daemons. */
export interface StallStep extends SourceLocation {
  readonly kind: "stall";
  readonly verb: "stall";
  readonly nodes: readonly string[];
  readonly forMs: Millis;
  readonly during: readonly Step[];
}

/** `stall: nodes`, `for: 5s`. */
export const stall: StepWord<"stall", StallSource, StallStep> = {
  word: "stall",
  schema: schemaOf<StallSource>()(
    z
      .strictObject({ stall: nodes, for: duration, during: steps.optional() })
      .describe("Blocks the event loop of daemons"),
  ),
  parse({ stall: who, for: forText, during = [] }, { names, path, parseSteps }) {
    const stalled = names.expand(who, [...path, "stall"]);
    return {
      kind: "stall",
      verb: "stall",
      nodes: stalled,
      forMs: durationMs(forText),
      during: parseSteps(during, [...path, "during"]),
      label: `stall ${showNames(stalled)} for ${forText}`,
    };
  },
  check(step, timeline) {
    for (const node of step.nodes) {
      const why = timeline.processes.whyNotUp(node);
      if (why !== undefined) timeline.addIssue(step, why);
    }
    return timeline.timedFault(step);
  },
  async perform(step, run) {
    const { context } = run;
    const { cluster } = context;
    await context.unlessAborted(cluster.stall(step.nodes, step.forMs));
    await run.playFault(step, step.forMs);
    cluster.goOn(step.nodes);
    return "done";
  },
};
