import { expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { ConditionSources } from "../../../src/scenario/language/condition-source.ts";
import type { ScenarioSource } from "../../../src/scenario/language/scenario-source.ts";
import type {
  CONDITION_SCHEMAS,
  ConditionKey,
} from "../../../src/scenario/language/schemas/condition-schemas.ts";
import type { SCENARIO_SCHEMA } from "../../../src/scenario/language/schemas/scenario-schema.ts";
import type { STEP_SCHEMAS, Verb } from "../../../src/scenario/language/schemas/step-schemas.ts";
import type { StepSources } from "../../../src/scenario/language/step-source.ts";

/** The type in one form, whether it was written as an intersection, with `readonly`, or as neither. */
type Fields<T> = T extends readonly (infer E)[]
  ? readonly Fields<E>[]
  : T extends (...args: never) => unknown
    ? T
    : T extends object
      ? { readonly [K in keyof T]: Fields<T[K]> }
      : T;

type ReadSteps = { [V in Verb]: Fields<z.input<(typeof STEP_SCHEMAS)[V]>> };
type ReadConditions = { [K in ConditionKey]: Fields<z.input<(typeof CONDITION_SCHEMAS)[K]>> };

// Compared by `npm run check`: the published types are written by hand, so that nobody needs zod to read them.
test("the published type of a scenario says what its shapes read", () => {
  expectTypeOf<Fields<ScenarioSource>>().toEqualTypeOf<Fields<z.input<typeof SCENARIO_SCHEMA>>>();
});

test("the published types of steps say what their shapes read", () => {
  expectTypeOf<{ [V in Verb]: Fields<StepSources[V]> }>().toEqualTypeOf<ReadSteps>();
  expectTypeOf<keyof StepSources>().toEqualTypeOf<Verb>();
});

test("the published types of conditions say what their shapes read", () => {
  expectTypeOf<{
    [K in ConditionKey]: Fields<ConditionSources[K]>;
  }>().toEqualTypeOf<ReadConditions>();
  expectTypeOf<keyof ConditionSources>().toEqualTypeOf<ConditionKey>();
});
