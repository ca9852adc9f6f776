import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Message } from "../../src/core/message.ts";
import { createCodec } from "../../src/wire/codec.ts";

// Datagrams as builds of this repository wrote them, with what they meant: `commit` is the build. The newest file is the wire
// as it is. A file is never changed: what is added to the wire is shown by a new one beside it.
const VECTORS = join(import.meta.dirname, "vectors");

interface Vectors {
  readonly commit: string;
  readonly datagrams: readonly { readonly hex: string; readonly message: Message }[];
}

const codec = createCodec({ clusterLabel: "golden" });

function vectorsIn(file: string): Vectors {
  return JSON.parse(readFileSync(join(VECTORS, file), "utf8")) as Vectors;
}

const files = readdirSync(VECTORS).sort();
const newest = files.at(-1) ?? "";

describe.each(files)("datagrams of %s", (file) => {
  const { datagrams } = vectorsIn(file);

  test("there are some of each kind", () => {
    expect(new Set(datagrams.map(({ message }) => message.body.kind)).size).toBeGreaterThan(14);
    const updates = datagrams.flatMap(({ message }) => message.updates.map(({ kind }) => kind));
    expect(new Set(updates).size).toBe(3);
  });

  test("are read as what they meant", () => {
    for (const { hex, message } of datagrams) {
      expect(codec.decode(bytesOf(hex))).toMatchObject(message);
    }
  });
});

test("the newest are the wire as it is: each message is the same bytes again", () => {
  for (const { hex, message } of vectorsIn(newest).datagrams) {
    expect(Buffer.from(codec.encode(message)).toString("hex")).toBe(hex);
  }
});

test("what version 0.1.0 wrote beside those says what it said: user messages, and values at the ends of their ranges", () => {
  const recorded = readFileSync(join(import.meta.dirname, "version-0.1.0.json"), "utf8");
  const reader = createCodec({ clusterLabel: "test" });
  for (const { hex, message } of JSON.parse(recorded) as Vectors["datagrams"]) {
    // Fields that are new since then have a value that means what was meant before.
    expect(reader.decode(bytesOf(hex))).toMatchObject(message);
  }
});

test("another version of the wire is refused as such", () => {
  const [{ hex } = { hex: "" }] = vectorsIn(newest).datagrams;
  expect(() => codec.decode(bytesOf(hex).with(0, 2))).toThrow("version");
});

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}
