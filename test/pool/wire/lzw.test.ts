import fc from "fast-check";
import { expect, test } from "vitest";
import { WireError } from "../../../src/core/errors.ts";
import { compressedBytes } from "../../../src/pool/wire/envelope.ts";
import { deflateLzw, LzwInflater } from "../../../src/pool/wire/lzw.ts";
import { MESSAGE_TYPE } from "../../../src/pool/wire/messages.ts";
import { golden } from "../golden/golden.ts";

function inflate(bytes: Uint8Array, bytesMax = 1 << 20): Uint8Array {
  const inflater = new LzwInflater(bytes, bytesMax);
  while (!inflater.inflate(1000));
  return inflater.result();
}

test("what is deflated comes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
      expect(Buffer.from(inflate(deflateLzw(bytes))).equals(bytes)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a full table begins anew", () => {
  const bytes = Uint8Array.from({ length: 60_000 }, (_, at) => ((at * at) >>> 5) % 251);
  expect(Buffer.from(inflate(deflateLzw(bytes))).equals(bytes)).toBe(true);
  const zeros = new Uint8Array(300_000);
  expect(inflate(deflateLzw(zeros)).length).toBe(zeros.length);
});

test("the deflated bytes are those of Go's writer", () => {
  const compressed = golden("serf").filter(({ bytes }) => bytes[0] === MESSAGE_TYPE.compressed);
  expect(compressed.length).toBeGreaterThan(2);
  for (const { bytes } of compressed) {
    const theirs = compressedBytes(bytes.subarray(1));
    expect(Buffer.from(deflateLzw(inflate(theirs))).equals(theirs)).toBe(true);
  }
});

test("arbitrary bytes inflate, or are refused by a WireError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        inflate(bytes, 10_000);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
    { numRuns: 300 },
  );
});

test("a bomb is refused once it is larger than allowed, and works in slices before", () => {
  const bomb = deflateLzw(new Uint8Array(2_000_000));
  expect(bomb.length).toBeLessThan(10_000);
  expect(() => inflate(bomb, 64 * 1024)).toThrow("bomb");
  const inflater = new LzwInflater(bomb, 4_000_000);
  inflater.inflate(1000);
  expect(inflater.result().length).toBeLessThan(10_000);
  // Nothing but codes that clear the table, of 9 bits: they bring nothing out.
  const clears = new LzwInflater(
    Buffer.alloc(90_000, Uint8Array.of(0, 1, 2, 4, 8, 16, 32, 64, 128)),
    4_000_000,
  );
  let slices = 0;
  expect(() => {
    while (!clears.inflate(1000)) slices++;
  }).toThrow("cut off");
  expect(slices).toBeGreaterThan(80);
});
