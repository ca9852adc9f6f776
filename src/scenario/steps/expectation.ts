import { conditionComplaint, standingComplaint } from "../conditions/check-condition.ts";
import { parseCondition } from "../conditions/parse-condition.ts";
import { type ConditionSource, kindOf } from "../conditions/registry.ts";
import type { Timeline } from "../language/checking/timeline.ts";
import type { DurationSource } from "../language/scalar-sources.ts";
import type { Expectation } from "../language/scenario.ts";
import { durationMs } from "../language/schemas/scalars.ts";
import type { StepContext, Unplaced } from "./step-word.ts";

/** Something that is to become so once, and to stay so for a while. */
export interface ExpectStep<V extends "await" | "expect" = "await" | "expect"> extends Expectation {
  readonly kind: "expect";
  readonly verb: V;
}

/** Judged from here until its block ends. */
export interface StandingStep<V extends "always" | "never" = "always" | "never">
  extends Expectation {
  readonly kind: "standing";
  readonly verb: V;
}

/** How long until it is so, and how long it must stay so. */
export interface PatienceSource {
  readonly within?: DurationSource | undefined;
  readonly hold?: DurationSource | undefined;
}

/** Patience in milliseconds; `withinMs` is null where it must be so at once. */
export function patienceOf({ within, hold }: PatienceSource) {
  return {
    withinMs: within === undefined ? null : durationMs(within),
    holdMs: hold === undefined ? 0 : durationMs(hold),
  };
}

/** A step that expects a condition once. */
export function parseExpectStep<V extends "await" | "expect">(
  verb: V,
  source: ConditionSource,
  patience: PatienceSource,
  context: StepContext,
): Unplaced<ExpectStep<V>> | undefined {
  const parsed = parseCondition(source, { ...context, path: [...context.path, verb] });
  if (parsed === undefined) return undefined;
  return { kind: "expect", verb, ...parsed, ...patienceOf(patience) };
}

/** A step that demands a condition until its block ends. */
export function parseStandingStep<V extends "always" | "never">(
  verb: V,
  source: ConditionSource,
  context: StepContext,
): Unplaced<StandingStep<V>> | undefined {
  const parsed = parseCondition(source, { ...context, path: [...context.path, verb] });
  if (parsed === undefined) return undefined;
  return { kind: "standing", verb, ...parsed, withinMs: null, holdMs: 0 };
}

/** The check of a step that expects a condition once. */
export function checkExpectStep(step: ExpectStep, timeline: Timeline): number {
  const { processes, marks } = timeline;
  const isAtTop = !step.id.includes(".");
  const wrong = conditionComplaint(step, { processes, marks, isAtTop });
  if (wrong !== undefined) timeline.addIssue(step, wrong);
  if (step.withinMs !== null) timeline.mustFit(step, step.withinMs + step.holdMs);
  const ended = kindOf(step.condition).endOf?.(step.condition);
  if (ended !== undefined) {
    processes.set(ended, "down", `it ended by itself in line ${step.line}`);
  }
  return step.holdMs;
}

/** The check of a step that demands a condition until its block ends. */
export function checkStandingStep(step: StandingStep, timeline: Timeline): number {
  const wrong = standingComplaint(step);
  if (wrong !== undefined) timeline.addIssue(step, wrong);
  return 0;
}
