import { WireError } from "../core/errors.ts";
import type { MemberName, Millis, StartId } from "../core/member.ts";
import type { Hash64 } from "../core/primitives/hash.ts";
import { HASH_BYTES, readHash, readStartId, START_ID_BYTES } from "./fixed-bytes.ts";
import { formatIp, isIpLength, isUnicast } from "./ip-address.ts";
import { BUCKETS_MAX, isName, PHI_MAX, UINT32_MAX } from "./limits.ts";
import type { WireValue } from "./msgpack.ts";

// Each function checks one untrusted value and throws WireError "field" with the name of the field, never its content.

/** An array of at least `length` elements; later ones belong to newer minor versions and are skipped. */
export function arrayField(value: unknown, what: string, length: number): readonly unknown[] {
  if (!Array.isArray(value)) throw fieldError(what, "is not an array");
  if (value.length < length) throw fieldError(what, "has too few elements");
  return value;
}

/** An integer from `min` to `max`. @throws WireError `field` */
export function integerField(value: unknown, what: string, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
    return value + 0; // never the -0 that a float can bring
  }
  throw fieldError(what, `is not an integer from ${min} to ${max}`);
}

/** An unsigned number of 32 bits. @throws WireError `field` */
export function uint32Field(value: unknown, what: string): number {
  if (typeof value === "number" && value >>> 0 === value) return value >>> 0;
  throw fieldError(what, "is not an unsigned 32-bit integer");
}

/** A port, 1 to 65535. @throws WireError `field` */
export function portField(value: unknown, what: string): number {
  return integerField(value, what, 1, 65_535);
}

/** True or false. @throws WireError `field` */
export function booleanField(value: unknown, what: string): boolean {
  if (typeof value === "boolean") return value;
  throw fieldError(what, "is not a boolean");
}

/** A text that `isAllowed` allows. */
export function textField(
  value: unknown,
  what: string,
  isAllowed: (text: string) => boolean,
): string {
  if (typeof value === "string" && isAllowed(value)) return value;
  throw fieldError(what, "is not an allowed text");
}

/** A member name: 1 to 64 bytes of `A-Z a-z 0-9 . _ -`. @throws WireError `field` */
export function nameField(value: unknown, what: string): MemberName {
  return textField(value, what, isName);
}

/** Nil as null, everything else through `read`. */
export function nullableField<T>(
  value: unknown,
  what: string,
  read: (value: unknown, what: string) => T,
): T | null {
  return value === null ? null : read(value, what);
}

/**
 * An element that may be left out at the end of an array. A newer version that adds something behind it writes nil in its
 * place, or adds a value of another type there: either counts as left out.
 *
 * @throws WireError `field` for a value of that type that `read` does not allow
 */
export function optionalField<T>(
  value: unknown,
  what: string,
  type: "bin" | "array" | "boolean" | "number" | "string",
  read: (value: unknown, what: string) => T,
): T | undefined {
  return isOfType(value, type) ? read(value, what) : undefined;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "bin") return value instanceof Uint8Array;
  if (type === "array") return Array.isArray(value);
  return typeof value === type;
}

/** Bytes of exactly that length. @throws WireError `field` */
export function binField(value: unknown, what: string, length: number): Uint8Array {
  if (value instanceof Uint8Array && value.length === length) return value;
  throw fieldError(what, `is not ${length} bytes`);
}

/** A start id of 12 bytes. @throws WireError `field` */
export function startIdField(value: unknown, what: string): StartId {
  return readStartId(binField(value, what, START_ID_BYTES), 0);
}

/** A hash of 8 bytes. @throws WireError `field` */
export function hashField(value: unknown, what: string): Hash64 {
  return readHash(binField(value, what, HASH_BYTES), 0);
}

/** Numbers of buckets, one byte each. @throws WireError `field` */
export function bucketsField(value: unknown, what: string): readonly number[] {
  const isList = value instanceof Uint8Array && value.length <= BUCKETS_MAX;
  if (isList && value.every((bucket) => bucket < BUCKETS_MAX)) return [...value];
  throw fieldError(what, "is not a list of bucket numbers");
}

/** A numeric unicast address, as text. */
export function hostField(value: unknown, what: string): string {
  if (value instanceof Uint8Array && isIpLength(value.length) && isUnicast(value)) {
    return formatIp(value);
  }
  throw fieldError(what, "is not a unicast IP address");
}

/** Phi from its hundredths. @throws WireError `field` */
export function phiField(value: unknown, what: string): number {
  return integerField(value, what, 0, PHI_HUNDREDTHS_MAX) / 100;
}

/** Phi as it travels: hundredths, capped. */
export function phiToWire(phi: number): number {
  return clampToInteger(phi * 100, 0, PHI_HUNDREDTHS_MAX);
}

/** A span as it travels: whole milliseconds of 32 bits (49 days), capped. */
export function spanToWire(span: Millis): number {
  return clampToInteger(span, 0, UINT32_MAX);
}

/** The nearest integer from `min` to `max`. */
export function clampToInteger(value: number, min: number, max: number): number {
  return Math.min(Math.max(Math.round(value), min), max);
}

/** A peer's mistake in one field. */
export function fieldError(what: string, complaint: string): WireError {
  return new WireError("field", `${what} ${complaint}`);
}

const PHI_HUNDREDTHS_MAX = Math.round(PHI_MAX * 100);

/** Zeros that make a request longer. Left out at the end of an array, as all that an older decoder skips. */
export function paddingToWire(padding: number | undefined): readonly WireValue[] {
  return padding === undefined ? [] : [new Uint8Array(padding)];
}

/** Any bytes; what is no bin counts as left out. */
export function paddingField(value: unknown): { readonly padding?: number } {
  return value instanceof Uint8Array ? { padding: value.length } : {};
}

/** The mark of a sender that has not joined. Left out where there is nothing to say, which is nearly always. */
export function partialToWire(isPartial: true | undefined): readonly WireValue[] {
  return isPartial === true ? [true] : [];
}

/** Anything but true counts as left out. */
export function partialField(value: unknown): { readonly isPartial?: true } {
  return value === true ? { isPartial: true } : {};
}
