import { expect, test } from "vitest";
import { DrivenNode } from "../driven-node.ts";

const ASKED_SEQ = 4711;

/** A node that c has just asked to ping b, and the ping that it sent. */
function asked(nackAfterMs = 300) {
  const node = new DrivenNode({ knows: ["b", "c", "d"] });
  const { endpoint } = node.peer("b");
  node.hear("c", { kind: "ping-req", seq: ASKED_SEQ, target: "b", endpoint, nackAfterMs });
  const ping = node.sentOf("ping", "b")[0];
  const seq = ping?.message.body.seq ?? 0;
  return { node, ping, seq };
}

const ackOf = (seq: number) => ({ kind: "ack", seq, digest: { high: 0, low: 0 } }) as const;

test("a helper pings the target at once, through a socket that reports refusals", () => {
  const { node, ping } = asked();
  expect(ping?.at).toBe(node.now);
  expect(ping?.to.probe).toBe(true);
});

test("a helper passes the ack on, with the start and incarnation that answered", () => {
  const { node, seq } = asked();
  node.hear("b", ackOf(seq));
  const { startId, incarnation } = node.peer("b");
  expect(node.sentOf("relayed-ack", "c").map(({ message }) => message.body)).toEqual([
    { kind: "relayed-ack", seq: ASKED_SEQ, target: "b", startId, incarnation },
  ]);
  node.run(500);
  expect(node.sentOf("nack")).toEqual([]);
});

test("a helper that gets no ack says no when it was told to, once", () => {
  const { node } = asked(300);
  node.run(299);
  expect(node.sentOf("nack")).toEqual([]);
  node.run(2000);
  const nacks = node.sentOf("nack", "c");
  expect(nacks.map(({ at }) => at)).toEqual([300]);
  expect(nacks[0]?.message.body).toMatchObject({ seq: ASKED_SEQ, target: "b", refused: false });
});

test("a helper that is refused says no at once, and why", () => {
  const { node, seq } = asked();
  node.step({ kind: "refused", member: "b", seq });
  expect(node.sentOf("nack", "c")[0]?.message.body).toMatchObject({
    seq: ASKED_SEQ,
    refused: true,
  });
});

test("a helper that finds another member at the target's port says no at once", () => {
  const { node, seq } = asked();
  node.hear("d", { kind: "not-me", seq, target: "b" });
  expect(node.sentOf("nack", "c")[0]?.message.body).toMatchObject({ refused: true });
});

test("the ack of another member is not the target's", () => {
  const { node, seq } = asked();
  node.hear("d", ackOf(seq));
  expect(node.sentOf("relayed-ack")).toEqual([]);
});

test.each([
  ["a target that it does not know", "c", "x", undefined],
  ["a member at an address that is not its own", "c", "b", { host: "10.9.9.9", port: 7946 }],
  ["an asker that is no member", "x", "b", undefined],
])("a helper takes no favour on for %s", (_what, asker, target, elsewhere) => {
  const node = new DrivenNode({ knows: ["b", "c"] });
  const endpoint = elsewhere ?? node.peer(target).endpoint;
  node.hear(asker, { kind: "ping-req", seq: 1, target, endpoint, nackAfterMs: 300 });
  node.run(1000);
  expect(node.sentOf("nack")).toEqual([]);
  expect(node.sent.map(({ to }) => to.endpoint)).not.toContainEqual({
    host: "10.9.9.9",
    port: 7946,
  });
});

test("a helper takes no favour on from a member's name at another address", () => {
  const node = new DrivenNode({ knows: ["b", "c"] });
  const { endpoint } = node.peer("b");
  const request = { kind: "ping-req", seq: 1, target: "b", endpoint, nackAfterMs: 300 } as const;
  node.hear("c", request, { endpoint: { host: "10.9.9.9", port: 7946 } });
  node.run(1000);
  expect(node.sentOf("nack")).toEqual([]);
});

test("favours are limited: past 1,024 under way a request is dropped", () => {
  const node = new DrivenNode({ knows: ["b", "c"] });
  const { endpoint } = node.peer("b");
  for (let seq = 1; seq <= 1100; seq++) {
    node.hear("c", { kind: "ping-req", seq, target: "b", endpoint, nackAfterMs: 300 });
  }
  expect(node.sentOf("ping", "b")).toHaveLength(1024);
  expect(node.snapshot.queues.relays).toBe(1024);
});
