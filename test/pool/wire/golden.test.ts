import { expect, test } from "vitest";
import { WireError } from "../../../src/core/errors.ts";
import { openPacket, type PoolSecurity } from "../../../src/pool/wire/envelope.ts";
import { decodeSerfMessage, decodeSerfTags } from "../../../src/pool/wire/serf.ts";
import { golden, IN_THE_CLEAR, viewIn, WITH_THE_KEY } from "../golden/golden.ts";

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
