import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8Bytes, utf8Length } from "../../../src/core/primitives/utf8.ts";

test("any text has the bytes that the platform's encoder gives it, lone surrogates included", () => {
  const encoder = new TextEncoder();
  const texts = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(texts, (text) => Buffer.from(utf8Bytes(text)).equals(encoder.encode(text))),
  );
  expect(utf8Bytes("a\ud800b")).toEqual(new TextEncoder().encode("a\ud800b"));
});

test.each([
  ["a", 1],
  ["é", 2],
  ["✓", 3],
  ["😀", 4],
  ["\udc00", 3],
  ["", 0],
])("the length of %j is %i bytes", (text, bytes) => {
  expect(utf8Length(text)).toBe(bytes);
});
