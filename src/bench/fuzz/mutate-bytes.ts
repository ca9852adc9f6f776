import type { Rng } from "../../core/primitives/rng.ts";

/** Values at which readers of numbers go wrong. */
const ODD_BYTES = [0, 1, 0x7f, 0x80, 0xc0, 0xc1, 0xfe, 0xff];
const CHANGES_MAX = 4;
/** Longest input that is made: more than any datagram, and enough for a text. */
export const INPUT_BYTES_MAX = 8192;

/** A whole number from 0 to below `limit`. */
export function below(rng: Rng, limit: number): number {
  return Math.floor(rng.next() * limit);
}

/** One of `items`, which are not empty. */
export function pick<T>(rng: Rng, items: readonly T[]): T {
  return items[below(rng, items.length)] as T;
}

/** A copy with one to four changes: bytes set, taken out, doubled, cut off, or taken from `other`. */
export function mutateBytes(rng: Rng, input: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(input);
  for (let changes = 1 + below(rng, CHANGES_MAX); changes > 0; changes--) {
    bytes = pick(rng, CHANGES)(rng, bytes, other);
  }
  return bytes.subarray(0, INPUT_BYTES_MAX);
}

type Change = (rng: Rng, bytes: Uint8Array, other: Uint8Array) => Uint8Array;

const setBit: Change = (rng, bytes) => {
  const at = below(rng, bytes.length);
  return bytes.with(at, (bytes[at] ?? 0) ^ (1 << below(rng, 8)));
};

const setByte: Change = (rng, bytes) => bytes.with(below(rng, bytes.length), below(rng, 256));

const setOddByte: Change = (rng, bytes) =>
  bytes.with(below(rng, bytes.length), pick(rng, ODD_BYTES));

const changeNumber: Change = (rng, bytes) => {
  const at = below(rng, bytes.length);
  return bytes.with(at, (bytes[at] ?? 0) + (rng.next() < 0.5 ? 1 : -1));
};

const takeOut: Change = (rng, bytes) => {
  const at = below(rng, bytes.length);
  return concat(bytes.subarray(0, at), bytes.subarray(at + 1 + below(rng, 16)));
};

const double: Change = (rng, bytes) => {
  const at = below(rng, bytes.length);
  const end = at + 1 + below(rng, 64);
  return concat(bytes.subarray(0, end), bytes.subarray(at));
};

const cut: Change = (rng, bytes) => bytes.subarray(0, below(rng, bytes.length));

const splice: Change = (rng, bytes, other) =>
  concat(bytes.subarray(0, below(rng, bytes.length)), other.subarray(below(rng, other.length)));

const insert: Change = (rng, bytes, other) => {
  const at = below(rng, bytes.length);
  const from = below(rng, other.length);
  const piece = other.subarray(from, from + 1 + below(rng, 32));
  return concat(bytes.subarray(0, at), piece, bytes.subarray(at));
};

const CHANGES: readonly Change[] = [
  ...[setBit, setByte, setOddByte, setOddByte, changeNumber, takeOut, double, splice, insert],
  cut,
].map((change) => (rng, bytes, other) => (bytes.length === 0 ? other : change(rng, bytes, other)));

/** Several arrays of bytes as one. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
