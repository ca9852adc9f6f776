import type { ObservedCluster } from "../../cluster/observe/observed-cluster.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import type { Schema } from "../language/schemas/schema.ts";
import { type ProcessStep, parseProcessStep, processWord } from "./process-word.ts";
import type { StepWord } from "./step-word.ts";
import type { TimedFaultSource } from "./timed-fault.ts";

interface Definition<V extends string, Source> {
  readonly word: V;
  readonly schema: Schema<Source>;
  /** What was done to a node, such as `paused`. */
  readonly past: string;
  /** Makes them stand still. */
  begin(cluster: ObservedCluster, nodes: readonly string[]): Promise<void>;
}

/** A word that makes processes stand still, until `resume` or for a given time. */
export function standStillWord<
  V extends string,
  Source extends TimedFaultSource & { readonly [K in V]: NodesSource },
>({ word, schema, past, begin }: Definition<V, Source>): StepWord<V, Source, ProcessStep<V>> {
  const plain = processWord<V, Source>({
    word,
    schema,
    past,
    leaves: "paused",
    complaint: (node, processes) => processes.whyNotUp(node),
    async perform(step, run) {
      const { context } = run;
      await context.unlessAborted(begin(context.cluster, step.nodes));
      if (step.forMs === null) return;
      await run.playFault(step, step.forMs);
      const paused = step.nodes.filter((node) => context.state.process(node).is === "paused");
      await context.unlessAborted(context.cluster.resume(paused));
    },
  });
  return {
    ...plain,
    parse: ({ [word]: who, ...fault }, context) => parseProcessStep(word, who, context, fault),
    check(step, timeline) {
      const tookMs = plain.check(step, timeline);
      if (step.forMs === null) return tookMs;
      // A step meanwhile may have ended it, or the process.
      const paused = step.nodes.filter((node) => timeline.processes.of(node).is === "paused");
      for (const node of paused) {
        timeline.processes.set(node, "up", `it was ${past} until after line ${step.line}`);
      }
      return tookMs;
    },
  };
}
