import { expect, test } from "vitest";
import {
  equalHash,
  halfSipHash,
  hash64,
  hashToHex,
  xorHash,
  ZERO_HASH,
} from "../../../src/core/primitives/hash.ts";

/** Published with HalfSipHash-2-4 (64-bit output): key 00 … 07, input 00 … (length − 1), output little-endian. */
const VECTORS = [
  "218d1f59b9b83cc8",
  "be552412f8387315",
  "064f39ef7c50eb57",
  "ce0f1a45f7060679",
  "d5e78a175be52ea1",
];

function littleEndian({ high, low }: { high: number; low: number }): string {
  const lanes = [low, high].flatMap((lane) => [0, 8, 16, 24].map((by) => (lane >>> by) & 255));
  return lanes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

test.each(VECTORS.map((vector, length) => [length, vector] as const))(
  "the hash of %i bytes is the published HalfSipHash vector",
  (length, vector) => {
    const input = Uint8Array.from({ length }, (_, index) => index);
    expect(littleEndian(halfSipHash(input))).toBe(vector);
  },
);

test("a text is hashed by its UTF-8 bytes", () => {
  const text = "n1-größe-✓-😀";
  expect(hash64(text)).toEqual(halfSipHash(new TextEncoder().encode(text)));
});

test("a combination of hashes does not depend on their order, and each takes itself out again", () => {
  const [a, b, c] = [hash64("a"), hash64("b"), hash64("c")];
  const all = xorHash(xorHash(a, b), c);
  expect(xorHash(c, xorHash(b, a))).toEqual(all);
  expect(xorHash(all, b)).toEqual(xorHash(a, c));
  expect(xorHash(a, a)).toEqual(ZERO_HASH);
});

test("hashes are equal only if both lanes are", () => {
  expect(equalHash({ high: 1, low: 2 }, { high: 1, low: 2 })).toBe(true);
  expect(equalHash({ high: 1, low: 2 }, { high: 1, low: 3 })).toBe(false);
  expect(equalHash({ high: 1, low: 2 }, { high: 3, low: 2 })).toBe(false);
});

test("a hash is written as 16 hex digits, the high lane first", () => {
  expect(hashToHex({ high: 0x1f, low: 0xfedcba98 })).toBe("0000001ffedcba98");
});
