import type { MemberName, Millis } from "../../core/member.ts";
import type { ProcessStates } from "../language/checking/process-states.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import type { SourceLocation } from "../language/scenario.ts";
import type { Schema } from "../language/schemas/schema.ts";
import type { StepRun } from "./step-run.ts";
import type { StepContext, StepWord, Unplaced } from "./step-word.ts";
import {
  parseTimedFault,
  showLasting,
  type TimedFault,
  type TimedFaultSource,
} from "./timed-fault.ts";

/** Something is done to processes. */
export interface ProcessStep<V extends string = string> extends SourceLocation, TimedFault {
  readonly kind: "process";
  readonly verb: V;
  readonly nodes: readonly string[];
  /** `start`: the member that the process claims to be, where it is not its own name. */
  readonly as: MemberName | null;
  /** `start`: whom it dials; null: the first few that run. */
  readonly join: readonly string[] | null;
  /** `restart`: how long it is down. */
  readonly downMs: Millis;
}

interface Definition<V extends string, Source> {
  readonly word: V;
  readonly schema: Schema<Source>;
  /** What was done to a node, such as `killed`. */
  readonly past: string;
  /** What its process is afterwards. */
  readonly leaves: "down" | "up" | "paused";
  /** Why it cannot be done to a node; undefined where nothing keeps it from being done. */
  complaint(node: string, processes: ProcessStates): string | undefined;
  /** Does it to the nodes of the step. */
  perform(step: ProcessStep<V>, run: StepRun): Promise<void>;
}

/** A word about processes; of a source with more keys than its own, `parse` is written over. */
export function processWord<V extends string, Source extends { readonly [K in V]: NodesSource }>({
  word,
  schema,
  past,
  leaves,
  complaint,
  perform,
}: Definition<V, Source>): StepWord<V, Source, ProcessStep<V>> {
  return {
    word,
    schema,
    parse: (source, context) => parseProcessStep(word, source[word], context),
    check(step, timeline) {
      const where = step.line === null ? "" : ` in line ${step.line}`;
      for (const node of step.nodes) {
        const wrong = complaint(node, timeline.processes);
        if (wrong !== undefined) timeline.addIssue(step, wrong);
        timeline.processes.set(node, leaves, `it was ${past}${where}`);
      }
      return timeline.timedFault(step) + step.downMs;
    },
    async perform(step, run) {
      await perform(step, run);
      return "done";
    },
  };
}

/** What every step about processes has. */
export function parseProcessStep<V extends string>(
  verb: V,
  who: NodesSource,
  context: StepContext,
  fault: TimedFaultSource = {},
): Unplaced<ProcessStep<V>> {
  const nodes = context.names.expand(who, [...context.path, verb]);
  const label = `${verb} ${who === "all" ? "all" : showNames(nodes)}${showLasting(fault)}`;
  const rest = { as: null, join: null, downMs: 0 };
  return { kind: "process", verb, nodes, ...rest, ...parseTimedFault(fault, context), label };
}
