import { uint32Field } from "./fields.ts";
import type { RecordInterner } from "./record/record-interner.ts";

/** Numbers on the wire of which a newer version may have more than this one knows. */
export type NumberedField =
  | "kind"
  | "update-kind"
  | "notice-kind"
  | "state"
  | "evidence"
  | "cause"
  | "health";

/** How often a number was met that this version does not know. Plain numbers that only grow. */
export type PassedOver = Partial<Record<NumberedField, number>>;

/** What readers of a datagram share. */
export interface Reading {
  readonly interner: RecordInterner;
  readonly passedOver: PassedOver;
}

/**
 * What the number `value` stands for; undefined where it is of a newer version, which is counted. The reader then leaves out
 * the smallest thing that makes no sense without it, and never the datagram. @throws WireError `field` for what is no number
 */
export function numberedField<T>(
  value: unknown,
  what: NumberedField,
  names: readonly T[],
  { passedOver }: Reading,
): T | undefined {
  const name = names[uint32Field(value, what)];
  if (name === undefined) passedOver[what] = (passedOver[what] ?? 0) + 1;
  return name;
}
