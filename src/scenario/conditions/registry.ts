import type { RunState } from "../run/run-state.ts";
import { back } from "./back.ts";
import type { ConditionKind, ConditionWord } from "./condition-word.ts";
import { converged } from "./converged.ts";
import { count } from "./count.ts";
import { type CustomCondition, custom } from "./custom.ts";
import { detected } from "./detected.ts";
import { ended } from "./ended.ts";
import type { Evaluation, EvaluationContext } from "./evaluation.ts";
import { events } from "./events.ts";
import { incarnationRises } from "./incarnation-rises.ts";
import { isolated, notIsolated } from "./isolated.ts";
import { poolOf } from "./pool-of.ts";
import { see } from "./see.ts";
import { alive, dead, left, suspect } from "./seen.ts";
import { silence } from "./silence.ts";
import { trafficBelow } from "./traffic-below.ts";

/**
 * Every word that begins a condition, in the order of suggestions and of the JSON schema. To add one:
 * a file with its types, schema, parsing, check and evaluation (`see.ts` is a short example), and its
 * line here. All else follows from this list.
 */
export const CONDITIONS = [
  converged,
  see,
  silence,
  count,
  detected,
  back,
  isolated,
  notIsolated,
  events,
  incarnationRises,
  trafficBelow,
  ended,
  poolOf,
  alive,
  suspect,
  dead,
  left,
] as const;

type Word = (typeof CONDITIONS)[number];
type SourceOf<W> = W extends ConditionWord<infer _W, infer Source, infer _C> ? Source : never;
type ConditionOf<W> = W extends ConditionWord<infer _W, infer _S, infer C> ? C : never;

/** A condition as it is written. */
export type ConditionSource = "converged" | SourceOf<Word>;

/** What can be expected of a cluster. */
export type Condition = ConditionOf<Word> | CustomCondition;

const KINDS: ReadonlyMap<string, ConditionKind<Condition>> = new Map(
  [...CONDITIONS, custom].map((each) => [each.kind, each as ConditionKind<Condition>]),
);

/** What holds for all conditions of its kind. */
export function kindOf({ kind }: Condition): ConditionKind<Condition> {
  const found = KINDS.get(kind);
  if (found === undefined) throw new Error(`the condition ${kind} is not registered`);
  return found;
}

/** Whether a condition holds, by what is known at this moment. */
export function evaluate(
  condition: Condition,
  run: RunState,
  context: EvaluationContext,
): Evaluation {
  return kindOf(condition).evaluate(condition, run, context);
}
