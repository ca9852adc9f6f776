import type { StartId } from "../core/member.ts";
import type { Hash64 } from "../core/primitives/hash.ts";

/** A start id: 24 hex digits. */
export const START_ID_BYTES = 12;
/** A hash of 64 bits. */
export const HASH_BYTES = 8;

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** Writes the 24 lowercase hex digits of a start id as 12 bytes. */
export function writeStartId(target: Uint8Array, at: number, startId: StartId): void {
  for (let i = 0; i < START_ID_BYTES; i++) {
    const high = hexDigit(startId.charCodeAt(2 * i));
    target[at + i] = (high << 4) | hexDigit(startId.charCodeAt(2 * i + 1));
  }
}

/** A start id from 12 bytes. */
export function readStartId(source: Uint8Array, at: number): StartId {
  let startId = "";
  for (let i = 0; i < START_ID_BYTES; i++) startId += HEX[source[at + i] ?? 0];
  return startId;
}

/** A start id as 12 bytes. */
export function startIdBytes(startId: StartId): Uint8Array {
  const bytes = new Uint8Array(START_ID_BYTES);
  writeStartId(bytes, 0, startId);
  return bytes;
}

/** Hashes one after the other, 8 bytes each, most significant first: the order of their hex digits. */
export function hashBytes(...hashes: readonly Hash64[]): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES * hashes.length);
  let at = 0;
  for (const { high, low } of hashes) {
    writeUint32(bytes, at, high);
    writeUint32(bytes, at + 4, low);
    at += HASH_BYTES;
  }
  return bytes;
}

/** A hash from 8 bytes, the high lane first. */
export function readHash(source: Uint8Array, at: number): Hash64 {
  return { high: readUint32(source, at), low: readUint32(source, at + 4) };
}

/** Writes 4 bytes, big-endian. */
export function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}

/** Reads 4 bytes, big-endian. */
export function readUint32(source: Uint8Array, at: number): number {
  const high = ((source[at] ?? 0) << 8) | (source[at + 1] ?? 0);
  const low = ((source[at + 2] ?? 0) << 8) | (source[at + 3] ?? 0);
  return ((high << 16) | low) >>> 0;
}

function hexDigit(code: number): number {
  return code < 0x40 ? code - 0x30 : code - 0x57;
}
