import { Packr, RESET_BUFFER_MODE } from "msgpackr/index-no-eval";
import { WireError } from "../core/errors.ts";
import { utf8Length } from "../core/primitives/utf8.ts";

/** What a payload is made of: positional arrays of integers, strings, bytes, booleans and nil. */
export type WireValue = null | boolean | number | string | Uint8Array | readonly WireValue[];

// The build without native addon and code generation: the same behaviour on every machine, whatever a peer sends.
const packr = new Packr({ useRecords: false });

/** The MessagePack bytes of `value`, valid only until the next call: copy what is kept. */
export function pack(value: WireValue): Uint8Array {
  return packr.pack(value, RESET_BUFFER_MODE);
}

/**
 * The value in `bytes`, not to be trusted: extension types come out as dates, sets and odd objects.
 *
 * @throws WireError `garbage` where the bytes are not exactly one MessagePack value
 */
export function unpack(bytes: Uint8Array): unknown {
  try {
    return packr.unpack(bytes);
  } catch {
    throw new WireError("garbage", "the payload is not one MessagePack value");
  }
}

/** Bytes that `pack` makes of `value`, without packing it. */
export function packedSize(value: WireValue): number {
  if (typeof value === "number") return unsignedSize(value);
  if (typeof value === "string") return stringSize(value);
  if (value === null || typeof value === "boolean") return 1;
  if (value instanceof Uint8Array) return value.length + (value.length < 0x100 ? 2 : 3);
  return arraySize(value);
}

function arraySize(values: readonly WireValue[]): number {
  let size = arrayHeadSize(values.length);
  for (const value of values) size += packedSize(value);
  return size;
}

/** Bytes before the elements of an array of `length`. */
export function arrayHeadSize(length: number): number {
  return length < 16 ? 1 : 3;
}

/** Writes what comes before the elements of an array; returns where the first element goes. */
export function writeArrayHead(target: Uint8Array, at: number, length: number): number {
  if (length < 16) {
    target[at] = 0x90 | length;
    return at + 1;
  }
  target[at] = 0xdc;
  target[at + 1] = length >>> 8;
  target[at + 2] = length & 0xff;
  return at + 3;
}

function unsignedSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x100) return 2;
  return value < 0x10000 ? 3 : 5;
}

function stringSize(text: string): number {
  const bytes = textBytes(text);
  if (bytes < 32) return bytes + 1;
  return bytes + (bytes < 0x100 ? 2 : 3);
}

// Nearly every string here is ASCII, and its length is then its size.
function textBytes(text: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return utf8Length(text);
  }
  return text.length;
}
