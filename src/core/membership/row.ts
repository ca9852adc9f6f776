import type { MemberName, MemberRecord, MemberState, Millis } from "../member.ts";
import { type Hash64, hash64, ZERO_HASH } from "../primitives/hash.ts";
import type { Belief, Member } from "./table.ts";

/** A member as the table keeps it: it changes in place. */
export interface Row extends Member {
  record: MemberRecord;
  state: MemberState;
  since: Millis;
  by: MemberName;
  wasRefused: boolean;
  entry: Hash64;
}

/**
 * A new row with that belief. Written out, and not spread: a large view is made of these, and so
 * each is one small object.
 */
export function newRow(belief: Belief): Row {
  const { record, state, since, by } = belief;
  const { name } = record;
  const wasRefused = state === "dead" && belief.wasRefused === true;
  return { name, hash: nameHashOf(record), record, state, since, by, wasRefused, entry: ZERO_HASH };
}

/** One object for all views that hold the record, so that they can share what is made of it. */
const nameHashes = new WeakMap<MemberRecord, Hash64>();

function nameHashOf(record: MemberRecord): Hash64 {
  const known = nameHashes.get(record);
  if (known !== undefined) return known;
  const hash = hash64(record.name);
  nameHashes.set(record, hash);
  return hash;
}
