import type { DeathMark } from "../core/member.ts";
import { fieldError } from "./fields.ts";
import { readUint32, writeUint32 } from "./fixed-bytes.ts";

/** Two numbers of 4 bytes: of the name, and the incarnation. */
const MARK_BYTES = 8;

/** Death marks one after the other. */
export function deathBytes(deaths: readonly DeathMark[]): Uint8Array {
  const bytes = new Uint8Array(MARK_BYTES * deaths.length);
  for (const [index, { nameHigh, incarnation }] of deaths.entries()) {
    writeUint32(bytes, MARK_BYTES * index, nameHigh);
    writeUint32(bytes, MARK_BYTES * index + 4, incarnation);
  }
  return bytes;
}

/** Death marks from their bytes. @throws WireError `field` for what is not whole marks */
export function deathsField(value: unknown): readonly DeathMark[] {
  if (!(value instanceof Uint8Array) || value.length % MARK_BYTES !== 0) {
    throw fieldError("deaths", `is not a list of ${MARK_BYTES} bytes each`);
  }
  return Array.from({ length: value.length / MARK_BYTES }, (_, index) => ({
    nameHigh: readUint32(value, MARK_BYTES * index),
    incarnation: readUint32(value, MARK_BYTES * index + 4),
  }));
}
