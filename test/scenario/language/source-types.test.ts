import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import type { ScenarioSource } from "../../../src/scenario/language/scenario-source.ts";
import type { SCENARIO_SCHEMA } from "../../../src/scenario/language/schemas/scenario-schema.ts";
import { schemaOf } from "../../../src/scenario/language/schemas/schema-of.ts";

/** The type in one form, whether it was written as an intersection, with `readonly`, or as neither. */
type Fields<T> = T extends readonly (infer E)[]
  ? readonly Fields<E>[]
  : T extends (...args: never) => unknown
    ? T
    : T extends object
      ? { readonly [K in keyof T]: Fields<T[K]> }
      : T;

// Compared by `npm run check`: the published types are written by hand, so that nobody needs zod to read them.
test("the published type of a scenario says what its schemas read", () => {
  expectTypeOf<Fields<ScenarioSource>>().toEqualTypeOf<Fields<z.input<typeof SCENARIO_SCHEMA>>>();
});

test("a word whose schema reads anything but its published type does not compile", () => {
  interface Source {
    readonly count: number;
    readonly at?: string | undefined;
  }
  const schemaOfSource = schemaOf<Source>();
  schemaOfSource(z.strictObject({ count: z.number(), at: z.string().optional() }));
  // @ts-expect-error: a key that the type does not know
  schemaOfSource(z.strictObject({ count: z.number(), at: z.string().optional(), by: z.string() }));
  // @ts-expect-error: a key that the schema does not know
  schemaOfSource(z.strictObject({ count: z.number() }));
  // @ts-expect-error: less than the type
  schemaOfSource(z.strictObject({ count: z.literal(1), at: z.string().optional() }));
});
