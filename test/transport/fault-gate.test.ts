import { expect, test } from "vitest";
import type { Endpoint } from "../../src/core/member.ts";
import { seededRng } from "../../src/core/primitives/rng.ts";
import type { Destination, Transport, TransportReceiver } from "../../src/host/ports.ts";
import { FaultGate } from "../../src/transport/fault-gate.ts";
import type { LinkRules } from "../../src/transport/link-rules.ts";
import { bytes } from "./loopback.ts";

const B: Endpoint = { host: "127.0.0.1", port: 2 };
const C: Endpoint = { host: "127.0.0.1", port: 3 };
const CUT_B: LinkRules = [{ from: ["a"], to: ["b"], drop: 1 }];

test("a datagram on a cut link is never sent; one to somebody else is", () => {
  const { gate, sent } = gateOf("a", CUT_B);
  gate.send(bytes("to b"), { endpoint: B, member: "b" });
  gate.send(bytes("to c"), { endpoint: C, member: "c" });
  expect(sent.map(({ endpoint }) => endpoint)).toEqual([C]);
  expect(gate.counters.dropped).toBe(1);
});

test("a probe on a rejecting link is never sent, and comes back refused; another datagram does not", async () => {
  const { gate, sent } = gateOf("a", [{ from: ["a"], to: ["b"], drop: 1, reject: true }]);
  const refused = new Promise((resolve) => {
    gate.listen({ onDatagram: () => {}, onRefused: (...refusal) => resolve(refusal) });
  });
  gate.send(bytes("ack"), { endpoint: B, member: "b" });
  gate.send(bytes("ping"), { endpoint: B, member: "b", probeSeq: 7 });
  expect(await refused).toEqual(["b", 7]);
  expect(sent).toEqual([]);
});

test("rules about other senders are none of its business", () => {
  const { gate, sent } = gateOf("b", CUT_B);
  gate.send(bytes("x"), { endpoint: C, member: "a" });
  expect(sent).toHaveLength(1);
});

test("a probe keeps what its refusal will be told by", () => {
  const { gate, sent } = gateOf("a", [{ from: ["a"], to: ["c"], drop: 1 }]);
  const to: Destination = { endpoint: B, member: "b", probeSeq: 7 };
  gate.send(bytes("ping"), to);
  expect(sent).toEqual([to]);
});

test("an address is its member's, once a datagram named both", () => {
  const { gate, sent } = gateOf("a", []);
  gate.send(bytes("x"), { endpoint: B, member: "b" });
  gate.setRules(CUT_B);
  gate.send(bytes("sync"), { endpoint: B });
  expect(sent).toHaveLength(1);
});

test("an address can be named before the node meets its member", () => {
  const { gate, sent } = gateOf("a", CUT_B);
  gate.send(bytes("dial"), { endpoint: B });
  gate.nameAddress("b", B);
  gate.send(bytes("dial again"), { endpoint: B });
  expect(sent).toHaveLength(1);
});

test("a port taken over by another member is that member's", () => {
  const { gate, sent } = gateOf("a", CUT_B);
  gate.nameAddress("b", B);
  gate.send(bytes("x"), { endpoint: B, member: "c" });
  gate.send(bytes("y"), { endpoint: B });
  expect(sent).toHaveLength(2);
});

test("a duplicated datagram leaves twice", () => {
  const { gate, sent } = gateOf("a", [{ from: "*", to: "*", duplicate: 1 }]);
  gate.send(bytes("x"), { endpoint: B, member: "b" });
  expect(sent).toHaveLength(2);
  expect(gate.counters.duplicated).toBe(1);
});

test("a refusal does not come back on a way that is cut, and does on one that is not", () => {
  const { gate, refuse, refused } = gateOf("a", [{ from: ["b"], to: ["a"], drop: 1 }]);
  refuse("b", 1);
  refuse("c", 2);
  expect(refused).toEqual([2]);
  expect(gate.counters.refusalsDropped).toBe(1);
});

test("healing lets everything through at once", () => {
  const { gate, sent } = gateOf("a", CUT_B);
  gate.setRules([]);
  gate.send(bytes("x"), { endpoint: B, member: "b" });
  expect(sent).toHaveLength(1);
});

test("a delayed datagram leaves later, unchanged, and a closed gate lets none out", async () => {
  const { gate, sent, onSent } = gateOf("a", [{ from: "*", to: "*", delayMs: 20 }]);
  const startMs = performance.now();
  const left = onSent();
  gate.send(bytes("x"), { endpoint: B, member: "b" });
  expect(sent).toHaveLength(0);
  await left;
  // A timer may be half a millisecond early.
  expect(performance.now() - startMs).toBeGreaterThan(19);
  const other = gateOf("a", [{ from: "*", to: "*", delayMs: 20 }]);
  gate.send(bytes("y"), { endpoint: B, member: "b" });
  gate.close();
  // What another gate was given later has left by then.
  const later = other.onSent();
  other.gate.send(bytes("z"), { endpoint: B, member: "b" });
  await later;
  expect(sent).toHaveLength(1);
});

/** A gate over a transport that only notes what it is given. */
function gateOf(self: string, rules: LinkRules) {
  const sent: Destination[] = [];
  const refused: number[] = [];
  const waiting: (() => void)[] = [];
  let receiver: TransportReceiver | undefined;
  const transport: Transport = {
    listen: (given) => {
      receiver = given;
    },
    send: (_datagram, to) => {
      sent.push(to);
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
  const gate = new FaultGate({ self, transport, rng: seededRng([1, 2, 3, 4]) });
  gate.setRules(rules);
  gate.listen({ onDatagram: () => undefined, onRefused: (_member, seq) => refused.push(seq) });
  return {
    gate,
    sent,
    refused,
    refuse: (member: string, seq: number) => receiver?.onRefused(member, seq),
    onSent: () => new Promise<void>((resolve) => waiting.push(resolve)),
  };
}
