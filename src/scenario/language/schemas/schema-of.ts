import type { z } from "zod";
import type { Schema } from "./schema.ts";

/**
 * `schemaOf<Source>()(schema)`: the schema of a type that is written by hand. Does not compile where
 * the schema accepts anything but that type.
 */
export function schemaOf<Source>() {
  return <S extends z.ZodType>(
    schema: S,
    ..._: IsSame<Fields<z.input<S>>, Fields<Source>> extends true
      ? []
      : [typeAndSchemaDiffer: never]
  ): Schema<Source> => schema as Schema<Source>;
}

/** The schema as zod knows it. */
export function zodOf<Source>(schema: Schema<Source>): z.ZodType<Source> {
  return schema as z.ZodType<Source>;
}

type IsSame<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** The type in one form, whether it was written as an intersection, with `readonly`, or as neither. */
type Fields<T> = T extends readonly (infer E)[]
  ? readonly Fields<E>[]
  : T extends (...args: never) => unknown
    ? T
    : T extends object
      ? { readonly [K in keyof T]: Fields<T[K]> }
      : T;
