import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { uint32 } from "../../src/bench/fuzz/messages/arbitraries.ts";
import { pack, packedSize, unpack, type WireValue } from "../../src/wire/msgpack.ts";

const leaf: fc.Arbitrary<WireValue> = fc.oneof(
  uint32,
  fc.string({ unit: "binary", maxLength: 300, size: "max" }),
  fc.string({ minLength: 30, maxLength: 34 }),
  fc.uint8Array({ maxLength: 300, size: "max" }),
  fc.constantFrom(null, true, false),
);
const value: fc.Arbitrary<WireValue> = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 20, size: "max" }),
);

describe("MessagePack", () => {
  test("the size that is computed is the size that is packed", () => {
    fc.assert(
      fc.property(value, (whole) => {
        expect(packedSize(whole)).toBe(pack(whole).length);
      }),
      { numRuns: 1000 },
    );
  });

  test("what is packed is unpacked", () => {
    fc.assert(
      fc.property(value, (whole) => {
        expect(unpack(new Uint8Array(pack(whole)))).toEqual(whole);
      }),
    );
  });
});
