import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodies } from "../../../src/bench/fuzz/messages/arbitraries.ts";
import type { Endpoint, MemberRecord, Update } from "../../../src/core/member.ts";
import type { Message, MessageBody } from "../../../src/core/message.ts";
import { ZERO_HASH } from "../../../src/core/primitives/hash.ts";
import { createCodec } from "../../../src/wire/codec.ts";
import {
  accusation,
  belief,
  endpointOf,
  header,
  names,
  record,
  startIdOf,
  T,
  verdict,
} from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { bodiesIn } from "../outcome.ts";

const codec = createCodec({ clusterLabel: "test" });
const VICTIM = { host: "10.9.9.9", port: 7946 };
const KNOWN = names(8);
const PING = { kind: "ping", seq: 1, target: "self", digest: ZERO_HASH } as const;

function nodeThatKnows(reply = acking): DrivenNode {
  const node = new DrivenNode({ sizer: codec.sizer });
  node.meet(KNOWN, reply);
  node.run(2 * T);
  return node;
}

/** In the clear, as it comes from there. Returns how many bytes it has. */
function bring(node: DrivenNode, message: Message, from: Endpoint = VICTIM): number {
  const bytes = codec.encode(message).length;
  node.step({ kind: "message", from, message: codec.decode(codec.encode(message)), bytes });
  return bytes;
}

function bytesTo(node: DrivenNode, to: Endpoint, before = 0): number {
  const there = node.sent.slice(before).filter((each) => each.to.endpoint.host === to.host);
  return there.reduce((sum, { message }) => sum + codec.encode(message).length, 0);
}

/** Right and wrong, about members and others: what makes a node ask, answer and refute. */
const updates: readonly Update[] = [
  belief(record("m01")),
  belief(record("m02", { incarnation: 3, endpoint: endpointOf("elsewhere") })),
  belief(record("nobody", { endpoint: endpointOf("nowhere") })),
  accusation(record("self"), "m03"),
  accusation(record("m03", { incarnation: 0 }), "m04"),
  accusation(record("m03", { incarnation: 9 }), "m04"),
  accusation(record("unheard"), "m04"),
  verdict(record("m04", { incarnation: 0 }), "dead", "m05"),
  verdict(record("m04", { startId: startIdOf("m04", 2) }), "dead", "m05"),
  verdict(record("self"), "dead", "m05"),
];

/** A stranger, a member, an earlier or a later run of one, and this node itself. */
const speakers: readonly MemberRecord[] = [
  record("s"),
  record("a-stranger-with-a-long-name"),
  record("m06"),
  record("m06", { incarnation: 0 }),
  record("m06", { incarnation: 2 }),
  record("m07", { startId: startIdOf("m07", 2) }),
  record("self", { startId: startIdOf("self", 2) }),
];

/** A body that speaks of what the node knows, in half of all cases. */
function meant(kind: string, body: MessageBody, member: string): MessageBody {
  const about = {
    ...("target" in body && { target: member }),
    ...("member" in body && { member }),
    ...("profile" in body && { profile: "lan" }),
    ...("after" in body && { after: null }),
    ...(kind === "ping-req" && { endpoint: endpointOf(member) }),
    ...(kind === "conflict" && { name: "self" }),
  };
  return { ...body, ...about } as MessageBody;
}

const said = (body: fc.Arbitrary<MessageBody>) =>
  fc.tuple(
    body,
    fc.constantFrom(...speakers),
    fc.constantFrom("self", "m01", undefined),
    fc.uniqueArray(fc.constantFrom(...updates), { maxLength: 4 }),
    fc.nat(40),
  );

describe.each(Object.entries(bodies))("from an address that may be forged a %s", (kind, body) => {
  test("draws no more bytes than it has, then and later", () => {
    fc.assert(
      fc.property(fc.array(said(body), { minLength: 1, maxLength: 3 }), (datagrams) => {
        const node = nodeThatKnows();
        let brought = 0;
        for (const [each, speaker, member, rumours, counter] of datagrams) {
          const about = member === undefined ? each : meant(kind, each, member);
          brought += bring(node, {
            header: header(speaker, counter),
            body: about,
            updates: rumours,
          });
          expect(bytesTo(node, VICTIM)).toBeLessThanOrEqual(brought);
        }
        node.run(3 * T);
        expect(bytesTo(node, VICTIM)).toBeLessThanOrEqual(brought);
      }),
      { numRuns: 15, seed: 7 },
    );
  });

  test("draws none in the same step as the home of a member that was invented there", () => {
    fc.assert(
      fc.property(said(body), ([each, , member, rumours]) => {
        const node = nodeThatKnows();
        const invented = record("invented", { endpoint: VICTIM });
        bring(node, {
          header: header(invented, 1),
          body: { kind: "gossip" },
          updates: [belief(invented)],
        });
        node.run(T);
        const before = node.sent.length;
        const about = member === undefined ? each : meant(kind, each, member);
        const datagram = { header: header(invented, 2), body: about, updates: rumours };
        const brought = bring(node, datagram);
        expect(bytesTo(node, VICTIM, before)).toBeLessThanOrEqual(brought);
      }),
      { numRuns: 15, seed: 7 },
    );
  });
});

describe("an address is proven", () => {
  const b = record("b");
  const askPage: MessageBody = {
    kind: "view-request",
    seq: 1,
    after: null,
  };

  /** A node that was told of b by others, and what it sends b for a short request. */
  function toldOfB() {
    const node = nodeThatKnows();
    node.gossip("m00", belief(b));
    let counter = 0;
    const say = (body: MessageBody, from = b.endpoint) => {
      const before = node.sent.length;
      const brought = bring(node, { header: header(b, ++counter), body, updates: [] }, from);
      return { brought, got: bytesTo(node, from, before) };
    };
    const isProven = () => {
      const { brought, got } = say(askPage);
      return got > brought;
    };
    return { node, say, isProven, asked: () => node.nextPing("b") };
  }
  const ack = (seq: number) => ({ kind: "ack", seq, digest: ZERO_HASH }) as const;

  test("by the ack of a ping that went there", () => {
    const { say, isProven, asked } = toldOfB();
    expect(isProven()).toBe(false);
    say(ack(asked()));
    expect(isProven()).toBe(true);
  });

  test("not by an ack with another number, nor by one from elsewhere", () => {
    const { say, isProven, asked } = toldOfB();
    const seq = asked();
    say(ack(seq + 1));
    say(ack(seq), endpointOf("elsewhere"));
    expect(isProven()).toBe(false);
  });

  test("not for another run of the member, nor for another address of it", () => {
    const { node, say, isProven, asked } = toldOfB();
    say(ack(asked()));
    const moved = record("b", { incarnation: 2, endpoint: VICTIM });
    node.gossip("m00", belief(moved));
    const before = node.sent.length;
    const brought = bring(node, { header: header(moved, 9), body: askPage, updates: [] });
    expect(bytesTo(node, VICTIM, before)).toBeLessThanOrEqual(brought);
    const again = record("b", { incarnation: 3, startId: startIdOf("b", 2) });
    node.gossip("m00", belief(again));
    expect(isProven()).toBe(false);
  });

  test("by a seal: only one who has the key can write it", () => {
    const node = nodeThatKnows();
    expect(bodiesIn(node.hear("m01", askPage), "view-page")[0]?.entries.length).toBe(9);
  });

  test("by a ping back, where a member pings that is not observed", () => {
    const { node, say, isProven } = toldOfB();
    say({ ...PING, padding: 200 });
    const asked = node.sentOf("ping", "b").at(-1)?.message.body.seq ?? 0;
    say(ack(asked));
    expect(isProven()).toBe(true);
  });
});

describe("a ping", () => {
  const paddings = (node: DrivenNode, to: string) =>
    node.sentOf("ping", to).map(({ message }) => message.body.padding ?? 0);

  test("has room for this node's record until its target gives turns, and no longer", () => {
    const node = nodeThatKnows();
    const own = codec.sizer.updateBytes(belief(node.self));
    expect(Math.min(...paddings(node, "m01"))).toBeGreaterThan(own);
    node.answer("m01", (body) =>
      body.kind === "ping"
        ? { body: { kind: "ack", seq: body.seq, digest: body.digest, turnMs: T }, afterMs: 1 }
        : undefined,
    );
    node.nextPing("m01");
    node.run(2);
    node.nextPing("m01");
    expect(paddings(node, "m01").at(-1)).toBe(0);
    node.answer("m01", acking);
    node.run(2 * T);
    expect(paddings(node, "m01").at(-1)).toBeGreaterThan(own);
  });

  test("from a member whose address is not proven is acked without a turn, and with one after that", () => {
    const node = nodeThatKnows();
    node.gossip("m00", belief(record("b")));
    let counter = 0;
    const ping = () => {
      const message = { header: header(record("b"), ++counter), body: PING, updates: [] };
      bring(node, message, endpointOf("b"));
      return node.sentOf("ack", "b").at(-1)?.message.body.turnMs;
    };
    expect(ping()).toBeUndefined();
    const ack = { kind: "ack", seq: node.nextPing("b"), digest: ZERO_HASH } as const;
    bring(
      node,
      { header: header(record("b"), ++counter), body: ack, updates: [] },
      endpointOf("b"),
    );
    expect(ping()).toBeGreaterThan(0);
  });
});

test("two that know nothing of each other have each other's records after one padded ping of one", () => {
  const node = nodeThatKnows();
  const stranger = record("stranger", { tags: { zone: "north" } });
  const from = stranger.endpoint;
  bring(node, { header: header(stranger, 1), body: { ...PING, padding: 200 }, updates: [] }, from);
  const question = node.sentOf("record-request", "stranger")[0]?.message;
  expect(question?.body.padding).toBeGreaterThan(0);
  expect(node.sentOf("ack", "stranger")).toHaveLength(1);
});

test("a helper pings for a member whose address is not proven only if the request is as long as the answer", () => {
  const node = nodeThatKnows();
  node.gossip("m00", belief(record("b")));
  const request = { kind: "ping-req", seq: 5, target: "m01", nackAfterMs: 100 } as const;
  const ask = (counter: number, padding?: number) => {
    const body = { ...request, endpoint: endpointOf("m01"), ...(padding && { padding }) };
    const from = node.sent.length;
    bring(node, { header: header(record("b"), counter), body, updates: [] }, endpointOf("b"));
    return node.sent.slice(from).filter(({ to }) => to.member === "m01").length;
  };
  expect(ask(1)).toBe(0);
  expect(ask(2, 80)).toBe(1);
});
