import type { LinkRules } from "../../transport/link-rules.ts";
import type { SourceLocation } from "../language/scenario.ts";
import type { Schema } from "../language/schemas/schema.ts";
import type { StepContext, StepWord } from "../steps/step-word.ts";
import {
  parseTimedFault,
  showLasting,
  type TimedFault,
  type TimedFaultSource,
} from "../steps/timed-fault.ts";

/** A fault of links, as the rules that it comes down to. */
export interface LinkStep<V extends string = string> extends SourceLocation, TimedFault {
  readonly kind: "links";
  readonly verb: V;
  readonly rules: LinkRules;
  /** The nodes that it is about; empty: all of them. */
  readonly nodes: readonly string[];
}

/** What a fault does to links. */
export type LinkFault = Pick<LinkStep, "rules" | "nodes" | "label">;

/** A word that begins a step that is a fault of links. */
export type FaultWord<V extends string, Source> = StepWord<V, Source, LinkStep<V>>;

interface Definition<V extends string, Source> {
  readonly word: V;
  readonly schema: Schema<Source>;
  /** The rules of the fault, from what the schema let pass; mistakes go into the context's issues. */
  parse(source: Source, context: StepContext): LinkFault;
}

/** A word about links: every such fault may have an end, and be checked in the same way. */
export function faultWord<V extends string, Source extends TimedFaultSource>({
  word,
  schema,
  parse,
}: Definition<V, Source>): FaultWord<V, Source> {
  return {
    word,
    schema,
    parse(source, context) {
      const { label, ...links } = parse(source, context);
      const timed = parseTimedFault(source, context);
      return {
        kind: "links",
        verb: word,
        ...links,
        ...timed,
        label: `${label}${showLasting(source)}`,
      };
    },
    check: (step, timeline) => timeline.timedFault(step),
    async perform(step, run) {
      const end = await run.faults.begin(step);
      if (step.forMs === null) return "done";
      await run.playFor(step.forMs, step.during);
      await end();
      return "done";
    },
  };
}

/** Notes a mistake at the value of the word. */
export function addIssue({ issues, path }: StepContext, word: string, message: string): void {
  issues.add([...path, word], message);
}
