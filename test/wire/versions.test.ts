import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { WireError } from "../../src/core/errors.ts";
import type { Message } from "../../src/core/message.ts";
import { createCodec } from "../../src/wire/codec.ts";
import { pack, unpack, type WireValue } from "../../src/wire/msgpack.ts";

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

describe("what a later minor version adds", () => {
  const HEAD_BYTES = 1 + 1 + 12 + 4 + 1 + "golden".length;
  const { datagrams } = vectorsIn(newest);

  /** The datagram as a version would write it that has one more element at the end of each array of `at`. */
  function extended(hex: string, extend: (parts: WireValue[]) => void): Uint8Array {
    const bytes = bytesOf(hex);
    const parts = unpack(bytes.subarray(HEAD_BYTES)) as WireValue[];
    extend(parts);
    return Uint8Array.of(...bytes.subarray(0, HEAD_BYTES), ...pack(parts));
  }

  const append = (value: WireValue | undefined) => (value as WireValue[]).push("later");

  test("elements behind those of the body and of each update are skipped", () => {
    const refused: string[] = [];
    for (const { hex, message } of datagrams) {
      const later = extended(hex, ([, , body, updates]) => {
        append(body);
        for (const update of updates as WireValue[]) append(update);
      });
      const read = readOr(later);
      if (typeof read === "string") refused.push(message.body.kind);
      else expect(read.updates).toEqual(codec.decode(bytesOf(hex)).updates);
    }
    // Those have elements at their end that may be left out, and were: the added one stands in their place.
    const open = ["ack", "gossip", "sync-page", "sync-request", "view-request"];
    expect([...new Set(refused)].sort()).toEqual(open);
  });

  test("a new kind of message is refused as such, and so is another version of the wire", () => {
    const [{ hex } = { hex: "" }] = datagrams;
    const ofNewKind = extended(hex, (parts) => {
      parts[1] = 99;
    });
    expect(readOr(ofNewKind)).toBe("kind");
    expect(readOr(bytesOf(hex).with(0, 2))).toBe("version");
  });
});

function readOr(datagram: Uint8Array): Message | string {
  try {
    return codec.decode(datagram);
  } catch (error) {
    if (error instanceof WireError) return error.reason;
    throw error;
  }
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}
