import { createCipheriv, createDecipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { WireError } from "../../../src/core/errors.ts";
import { openPacket, type PoolSecurity, sealPacket } from "../../../src/pool/wire/envelope.ts";
import { decodeSerfMessage, decodeSerfTags } from "../../../src/pool/wire/serf.ts";
import { GOLDEN_KEY, golden, IN_THE_CLEAR, viewIn, WITH_THE_KEY } from "../golden/golden.ts";

const RECORDED: readonly (readonly [string, PoolSecurity])[] = [
  ["serf", IN_THE_CLEAR],
  ["serf-uncompressed", IN_THE_CLEAR],
  ["serf-encrypted", WITH_THE_KEY],
  ["alertmanager", IN_THE_CLEAR],
];

test.each(RECORDED)("every packet that a real agent sent is read: %s", (file, security) => {
  const packets = golden(file).filter(({ how }) => how === "packet");
  expect(packets.length).toBeGreaterThan(5);
  for (const { bytes } of packets) expect(openPacket(bytes, security).dropped).toEqual([]);
});

test.each(RECORDED)("every view that a real agent sent is read: %s", (file, security) => {
  const streams = golden(file).filter(({ how }) => how !== "packet");
  const views = streams.flatMap(({ bytes }) => viewOrPing(bytes, security));
  expect(views.length).toBeGreaterThan(1);
  for (const { members } of views) {
    expect(members.length).toBeGreaterThan(0);
    expect(members.every(({ record }) => record.endpoint.host === "127.0.0.1")).toBe(true);
    expect(members.every(({ record }) => record.versions.length === 6)).toBe(true);
  }
});

// A member that does not answer by packets is pinged over a stream as well: that one holds no view.
function viewOrPing(bytes: Uint8Array, security: PoolSecurity) {
  try {
    return [viewIn(bytes, security)];
  } catch (error) {
    if (error instanceof WireError && error.message === "type: no push/pull") return [];
    throw error;
  }
}

test("a suspicion and a death name who says so, a goodbye its own member", () => {
  const said = golden("serf-uncompressed")
    .filter(({ how }) => how === "packet")
    .flatMap(({ bytes }) => openPacket(bytes, IN_THE_CLEAR).messages);
  expect(said).toContainEqual({ kind: "suspect", member: "n2", incarnation: 1, by: "n1" });
  const kinds = new Set(said.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(
    ["ack", "alive", "dead", "indirect-ping", "nack", "ping", "suspect", "user"].filter((kind) =>
      kinds.has(kind as never),
    ),
  );
  expect(said.some((one) => one.kind === "dead" && one.member === "n3" && one.by === "n3")).toBe(
    true,
  );
});

test("Serf's tags and events are read", () => {
  const packets = golden("serf-uncompressed").filter(({ how }) => how === "packet");
  const said = packets.flatMap(({ bytes }) => openPacket(bytes, IN_THE_CLEAR).messages);
  const records = said.flatMap((one) => (one.kind === "alive" ? [one.record] : []));
  const tags = new Map(records.map(({ name, meta }) => [name, decodeSerfTags(meta)]));
  expect(tags.get("n1")).toEqual({ port: "8080", role: "web-n1" });
  const events = said.flatMap((one) => {
    const message = one.kind === "user" ? decodeSerfMessage(one.bytes) : undefined;
    return message === undefined ? [] : [message];
  });
  expect(events).toContainEqual({ kind: "leave", clock: expect.any(Number), member: "n3" });
  const deploys = events.flatMap((one) => (one.kind === "user-event" ? [one] : []));
  expect(deploys.map(({ name }) => name)).toContain("deploy");
  expect(Buffer.from(deploys[0]?.payload ?? []).toString()).toBe("version 42");
});

// No agent that Debian has knows labels. So this is put together byte by byte, as memberlist does it
// since 0.3 (label.go, and encryptLocalState of net.go), without any of our own code.
describe("a pool with a label and a key authenticates the label with each text", () => {
  const label = Buffer.from("prod");
  const security: PoolSecurity = { ...WITH_THE_KEY, label };
  const sealed = (plain: Uint8Array, authenticated: Uint8Array): Buffer => {
    const nonce = Buffer.alloc(12, 7);
    const cipher = createCipheriv("aes-256-gcm", GOLDEN_KEY, nonce).setAAD(authenticated);
    const text = [cipher.update(plain), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat([Uint8Array.of(1), nonce, ...text]);
  };
  const labelled = (bytes: Uint8Array) => Buffer.concat([Uint8Array.of(0xf4, 4), label, bytes]);
  const nack = Uint8Array.of(11, 0x81, 0xa5, ...Buffer.from("SeqNo"), 7);

  test("of packets: the label alone", () => {
    const { messages } = openPacket(labelled(sealed(nack, label)), security);
    expect(messages).toEqual([{ kind: "nack", seq: 7 }]);
    const without = labelled(sealed(nack, new Uint8Array()));
    expect(() => openPacket(without, security)).toThrow("key");

    const ours = Buffer.from(sealPacket([{ kind: "nack", seq: 7 }], security));
    expect(ours.subarray(0, 6)).toEqual(labelled(new Uint8Array()));
    const opening = createDecipheriv("aes-256-gcm", GOLDEN_KEY, ours.subarray(7, 19));
    opening.setAAD(label).setAuthTag(ours.subarray(-16));
    const plain = Buffer.concat([opening.update(ours.subarray(19, -16)), opening.final()]);
    expect([...plain]).toEqual([...nack]);
  });

  test("of streams: the five bytes before the text, and the label, which an answer does not carry", () => {
    const plain = golden("serf-uncompressed").find(({ how }) => how === "answered")?.bytes;
    if (plain === undefined) throw new Error("nothing was recorded");
    const head = Buffer.alloc(5, 10);
    head.writeUInt32BE(1 + 12 + plain.length + 16, 1);
    const answer = (authenticated: Uint8Array) =>
      Buffer.concat([head, sealed(plain, authenticated)]);
    const both = Buffer.concat([head, label]);
    expect(viewIn(answer(both), security)).toEqual(viewIn(plain, IN_THE_CLEAR));
    expect(() => viewIn(answer(head), security)).toThrow("key");
  });
});
