import { utf8Bytes } from "./utf8.ts";

/** 64 bits as two unsigned 32-bit lanes. */
export interface Hash64 {
  readonly high: number;
  readonly low: number;
}

/** The digest of nothing: the neutral element of `xorHash`. */
export const ZERO_HASH: Hash64 = Object.freeze({ high: 0, low: 0 });

// The key is part of the protocol (docs/protocol.md): ring positions and digests must be equal on
// all nodes.
const KEY_LOW = 0x03020100;
const KEY_HIGH = 0x07060504;

/**
 * HalfSipHash-2-4 with 64-bit output (Aumasson and Bernstein), over the UTF-8 bytes of `text`,
 * under the fixed key 00 01 … 07. Chosen because it is made of 32-bit words, has published vectors,
 * and mixes short names well.
 */
export function hash64(text: string): Hash64 {
  return halfSipHash(utf8Bytes(text));
}

/** 32 bits that stand for a name where the name itself would be too long. */
export function nameMark(name: string): number {
  return hash64(name).low;
}

/** The same over bytes, for the published vectors. */
export function halfSipHash(bytes: Uint8Array): Hash64 {
  const state = new HalfSip();
  const whole = bytes.length & ~3;
  for (let at = 0; at < whole; at += 4) state.absorb(word(bytes, at, 4));
  state.absorb((bytes.length << 24) | word(bytes, whole, bytes.length - whole));
  return state.finish();
}

/** Order-independent combination, and its own inverse. */
export function xorHash(a: Hash64, b: Hash64): Hash64 {
  return { high: (a.high ^ b.high) >>> 0, low: (a.low ^ b.low) >>> 0 };
}

/** Whether two hashes are the same 64 bits. */
export function equalHash(a: Hash64, b: Hash64): boolean {
  return a.high === b.high && a.low === b.low;
}

/** 16 lowercase hex digits. */
export function hashToHex(hash: Hash64): string {
  return hash.high.toString(16).padStart(8, "0") + hash.low.toString(16).padStart(8, "0");
}

function word(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value |= (bytes[at + i] ?? 0) << (8 * i);
  return value;
}

class HalfSip {
  private v0 = KEY_LOW;
  private v1 = KEY_HIGH ^ 0xee;
  private v2 = 0x6c796765 ^ KEY_LOW;
  private v3 = 0x74656462 ^ KEY_HIGH;

  absorb(input: number): void {
    this.v3 ^= input;
    this.round();
    this.round();
    this.v0 ^= input;
  }

  finish(): Hash64 {
    this.v2 ^= 0xee;
    const low = this.squeeze();
    this.v1 ^= 0xdd;
    return { high: this.squeeze(), low };
  }

  private squeeze(): number {
    for (let i = 0; i < 4; i++) this.round();
    return (this.v1 ^ this.v3) >>> 0;
  }

  private round(): void {
    this.v0 = (this.v0 + this.v1) | 0;
    this.v1 = rotateLeft(this.v1, 5) ^ this.v0;
    this.v0 = rotateLeft(this.v0, 16);
    this.v2 = (this.v2 + this.v3) | 0;
    this.v3 = rotateLeft(this.v3, 8) ^ this.v2;
    this.v0 = (this.v0 + this.v3) | 0;
    this.v3 = rotateLeft(this.v3, 7) ^ this.v0;
    this.v2 = (this.v2 + this.v1) | 0;
    this.v1 = rotateLeft(this.v1, 13) ^ this.v2;
    this.v2 = rotateLeft(this.v2, 16);
  }
}

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
