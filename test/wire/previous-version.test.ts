import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Message } from "../../src/core/message.ts";
import { createCodec } from "../../src/wire/codec.ts";

/** Datagrams that the codec of version 0.1.0 made of random messages, and those messages. None has a member called "." or "..". */
const RECORDED = JSON.parse(
  readFileSync(new URL("version-0.1.0.json", import.meta.url), "utf8"),
) as readonly { readonly hex: string; readonly message: Message }[];

const KINDS = RECORDED.map(({ message }) => message.body.kind);

test("messages of each kind of the version before were recorded", () => {
  expect(new Set(KINDS).size).toBe(17);
});

test.each(RECORDED.map(({ hex, message }, at) => [message.body.kind, at, hex, message] as const))(
  "a %s of version 0.1.0 (%i) still says what it said",
  (_kind, _at, hex, message) => {
    const decoded = createCodec({ clusterLabel: "test" }).decode(Buffer.from(hex, "hex"));
    // Fields that are new since then have a value that means what was meant before.
    expect(decoded).toMatchObject(message);
    expect(decoded.updates).toHaveLength(message.updates.length);
  },
);
