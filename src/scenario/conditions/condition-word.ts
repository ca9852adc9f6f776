import type { Millis } from "../../core/member.ts";
import type { ProcessStates } from "../language/checking/process-states.ts";
import type { Issues, Path } from "../language/parsing/issues.ts";
import type { Names } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import type { Consumer } from "../language/scenario.ts";
import type { Schema } from "../language/schemas/schema.ts";
import type { RunState } from "../run/run-state.ts";
import type { Evaluation, EvaluationContext } from "./evaluation.ts";

/** What is the same for every condition of a kind, whichever word it was written with. */
export interface ConditionKind<C extends { readonly kind: string }> {
  readonly kind: C["kind"];
  /** Which of `always` and `never` can judge it; `both` where it is a matter of one moment. */
  readonly standing: "both" | "always" | "neither";
  /** Why it cannot come about at this place of the scenario, or undefined. */
  check?(condition: C, place: Place): string | undefined;
  /** Measured over the time that it is held, by what nodes sent until each end, not judged at every event. */
  readonly isMeasured?: true;
  /** When that was which `within` counts from; without it, and where it is undefined, the step. */
  countsFrom?(condition: C, state: RunState, now: Now): Millis | undefined;
  /** The node whose process is down once the condition was met. */
  endOf?(condition: C): string;
  /** Whether it holds, by what is known at this moment. */
  evaluate(condition: C, run: RunState, context: EvaluationContext): Evaluation;
}

/** A word of the language that begins a condition: `{ word: … }`. */
export interface ConditionWord<W extends string, Source, C extends { readonly kind: string }>
  extends ConditionKind<C> {
  readonly word: W;
  readonly schema: Schema<Source>;
  /** What the word means where it stands alone, without a map. */
  readonly alone?: ParsedCondition<C>;
  /** From what the schema let pass; mistakes go into the context's issues. */
  parse(source: Source, context: ConditionContext): ParsedCondition<C>;
}

/** A condition, and how reports call it. */
export interface ParsedCondition<C> {
  readonly condition: C;
  /** Such as `c dead`; those who are named under `viewers` are put before it. */
  readonly label: string;
  /** Whose views count, unless `viewers` names others; without them those of all that run. */
  readonly viewers?: readonly string[];
}

/** What a condition is parsed with. */
export interface ConditionContext {
  readonly names: Names;
  readonly issues: Issues;
  /** By name; null where they could not be parsed. */
  readonly consumers: ReadonlyMap<string, Consumer> | null;
  /** Of the condition. */
  readonly path: Path;
}

/** The moment at which a step with a condition begins. */
export interface Now {
  /** Whose views count. */
  readonly viewers: readonly string[];
  readonly nowMs: Millis;
}

/** Where in a scenario a condition is awaited or expected. */
export interface Place {
  readonly processes: ProcessStates;
  /** Texts of the marks so far. */
  readonly marks: ReadonlySet<string>;
  /** Outside every block, where nothing has begun. */
  readonly isAtTop: boolean;
  /** As the condition names them. */
  readonly viewers: readonly string[] | null;
  /** For how long it must hold. */
  readonly holdMs: Millis;
}

/** The nodes that are named under a key of the condition. */
export function expandAt(
  nodes: NodesSource,
  key: string,
  { names, path }: ConditionContext,
): readonly string[] {
  return names.expand(nodes, [...path, key]);
}

/** A check: somebody must run whose view could count. */
export function needsViewer(_: unknown, { viewers, processes }: Place): string | undefined {
  return viewers === null && processes.up.length === 0
    ? "no node is running here, so there is no view to judge"
    : undefined;
}

/** A check of a condition with a `since`. */
export function needsMark(since: string | null, { marks }: Place): string | undefined {
  if (since === null || marks.has(since)) return undefined;
  return `there is no mark ${JSON.stringify(since)} before this`;
}
