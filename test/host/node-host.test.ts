import { describe, expect, test } from "vitest";
import type { Input } from "../../src/core/input.ts";
import type { Endpoint } from "../../src/core/member.ts";
import { gossip, HostBench, ping, scoreEvent, THERE } from "./scripted-node.ts";

describe("stepping", () => {
  test("the first step is a wakeup without a stall", () => {
    const { host, node } = new HostBench();
    host.start();
    expect(node.steps).toEqual([{ nowMs: 0, input: { kind: "wakeup", stalledMs: 0 } }]);
  });

  test("a datagram becomes a message with its sender's endpoint, and effects become datagrams", () => {
    const bench = new HostBench();
    bench.node.answer = ({ kind }) =>
      kind === "message" ? [{ kind: "send", to: { endpoint: THERE }, message: ping(9) }] : [];
    bench.host.start();
    bench.sendToHost();
    bench.heap.runUntil(10);
    expect(bench.node.steps[1]).toEqual({
      nowMs: 1,
      input: {
        kind: "message",
        from: THERE,
        message: gossip(),
        bytes: bench.codec.encode(gossip()).length,
      },
    });
    expect(bench.peerHeard).toEqual([ping(9)]);
  });

  test("an input submitted by an event handler waits for the effects of the present step", () => {
    const bench = new HostBench();
    const order: string[] = [];
    bench.node.answer = ({ kind }) => {
      order.push(`step ${kind}`);
      return kind === "wakeup" ? [scoreEvent(1), scoreEvent(2)] : [];
    };
    bench.onEvent = (event) => {
      if (event.kind !== "local-health-changed") return;
      order.push(`event ${event.score}`);
      if (event.score === 1) bench.host.submit({ kind: "leave" });
    };
    bench.host.start();
    expect(order).toEqual(["step wakeup", "event 1", "event 2", "step leave"]);
  });

  test("a host stopped by an event handler does nothing more of the same step", () => {
    const bench = new HostBench();
    bench.node.answer = () => [
      scoreEvent(1),
      { kind: "send", to: { endpoint: THERE }, message: gossip() },
    ];
    bench.onEvent = () => bench.host.stop();
    bench.node.wakeupAt = 5;
    bench.host.start();
    bench.sendToHost();
    bench.heap.runUntil(10);
    expect(bench.peerHeard).toEqual([]);
    expect(bench.node.inputs).toEqual(["wakeup"]);
  });

  test("a refusal of a probe becomes an input with the ping's number", () => {
    const bench = new HostBench();
    const to = { endpoint: THERE, member: "b", probe: true } as const;
    bench.node.answer = ({ kind }) =>
      kind === "wakeup" ? [{ kind: "send", to, message: ping(5) }] : [];
    bench.peer.close();
    bench.host.start();
    bench.heap.runUntil(10);
    const refused: Input = { kind: "refused", member: "b", seq: 5 };
    expect(bench.node.steps[1]).toEqual({ nowMs: 2, input: refused });
    expect(bench.host.counters.refusals).toBe(1);
  });
});

describe("counting", () => {
  test("datagrams are counted by kind with their bytes, both ways", () => {
    const bench = new HostBench();
    bench.node.answer = ({ kind }) =>
      kind === "message" ? [{ kind: "send", to: { endpoint: THERE }, message: ping(1) }] : [];
    bench.host.start();
    bench.sendToHost();
    bench.sendToHost(gossip(2));
    bench.heap.runUntil(10);
    const gossipBytes = bench.codec.encode(gossip()).length;
    const pingBytes = bench.codec.encode(ping(1)).length;
    expect(bench.host.counters).toMatchObject({
      received: { gossip: { datagrams: 2, bytes: 2 * gossipBytes } },
      sent: { ping: { datagrams: 2, bytes: 2 * pingBytes } },
    });
  });

  test("a datagram that is no message steps nothing and is counted by its reason", () => {
    const bench = new HostBench();
    bench.host.start();
    bench.sendBytesToHost(new Uint8Array([1, 2, 3]));
    bench.heap.runUntil(10);
    expect(bench.node.inputs).toEqual(["wakeup"]);
    expect(bench.host.counters.dropped).toEqual({ "too-short": { datagrams: 1, bytes: 3 } });
  });

  test("a datagram of an address that sends too many is counted, and not even read", () => {
    const asked: Endpoint[] = [];
    const bench = new HostBench((from) => asked.push(from) < 2);
    bench.host.start();
    for (let i = 0; i < 3; i++) bench.sendBytesToHost(new Uint8Array([1, 2, 3]));
    bench.heap.runUntil(10);
    expect(asked).toEqual([THERE, THERE, THERE]);
    expect(bench.host.counters.dropped).toMatchObject({
      "too-short": { datagrams: 1 },
      rate: { datagrams: 2, bytes: 6 },
    });
  });
});

describe("wakeups", () => {
  test("the node is woken when it asked for it, and after each step asked anew", () => {
    const bench = new HostBench();
    bench.node.wakeupAt = 100;
    bench.node.answer = () => {
      if (bench.heap.nowMs === 100) bench.node.wakeupAt = 250;
      if (bench.heap.nowMs === 250) bench.node.wakeupAt = undefined;
      return [];
    };
    bench.host.start();
    bench.heap.runUntil(1000);
    const wakeup = { kind: "wakeup", stalledMs: 0 };
    expect(bench.node.steps).toEqual([
      { nowMs: 0, input: wakeup },
      { nowMs: 100, input: wakeup },
      { nowMs: 250, input: wakeup },
    ]);
  });

  test("a wakeup asked for in the past comes at once and is no stall", () => {
    const bench = new HostBench();
    bench.heap.runUntil(1000);
    bench.node.wakeupAt = 100;
    bench.node.answer = () => {
      if (bench.node.steps.length === 2) bench.node.wakeupAt = undefined;
      return [];
    };
    bench.host.start();
    bench.heap.runUntil(2000);
    expect(bench.node.steps[1]).toEqual({ nowMs: 1000, input: { kind: "wakeup", stalledMs: 0 } });
    expect(bench.host.counters.stalls).toBe(0);
  });

  test("a wakeup no more than 50 ms late is no stall", () => {
    const bench = frozenFrom(90, 150, 0);
    expect(bench.node.steps[1]).toEqual({ nowMs: 150, input: { kind: "wakeup", stalledMs: 0 } });
  });

  test("after a stall everything that waited is read before the wakeup is judged", () => {
    const bench = frozenFrom(90, 300, 200);
    const kinds = bench.node.inputs;
    expect(kinds.filter((kind) => kind === "message")).toHaveLength(200);
    expect(kinds.at(-1)).toBe("wakeup");
    expect(kinds.filter((kind) => kind === "wakeup")).toHaveLength(2);
    expect(bench.node.steps.at(-1)?.input).toEqual({ kind: "wakeup", stalledMs: 200 });
  });

  test("a message read before the late wakeup does not hide the stall", () => {
    const bench = new HostBench();
    bench.node.wakeupAt = 100;
    // The message answers the very deadline that was armed, and moves it.
    bench.node.answer = ({ kind }) => {
      if (kind === "message") bench.node.wakeupAt = 5000;
      return [];
    };
    bench.host.start();
    bench.heap.runUntil(90);
    bench.clock.freeze();
    bench.sendToHost();
    bench.heap.runUntil(300);
    // As a loop that was blocked while it was reading sockets: it goes on reading before it looks
    // at its timers.
    const { host, codec } = bench;
    const from = THERE;
    const datagram = codec.encode(gossip(2));
    const [message, bytes] = [codec.decode(datagram), datagram.length];
    host.submit({ kind: "message", from, message, bytes });
    bench.clock.thaw();
    bench.heap.runUntil(301);
    expect(bench.node.inputs).toEqual(["wakeup", "message", "message", "wakeup"]);
    expect(bench.node.steps.at(-1)?.input).toEqual({ kind: "wakeup", stalledMs: 200 });
  });

  test("a flood cannot put off the judgement for more than 64 turns", () => {
    const bench = frozenFrom(90, 300, 64 * 32 + 500);
    const wakeups = bench.node.inputs.flatMap((kind, at) => (kind === "wakeup" ? [at] : []));
    expect(wakeups).toEqual([0, 64 * 32 + 1]);
  });
});

/**
 * A host asked to wake at 100, frozen in between, with datagrams that arrive meanwhile; run until
 * all is quiet.
 */
function frozenFrom(freezeAtMs: number, thawAtMs: number, datagrams: number): HostBench {
  const bench = new HostBench();
  bench.node.wakeupAt = 100;
  bench.node.answer = ({ kind }) => {
    if (kind === "wakeup" && bench.node.steps.length > 1) bench.node.wakeupAt = undefined;
    return [];
  };
  bench.host.start();
  bench.heap.runUntil(freezeAtMs);
  bench.clock.freeze();
  for (let i = 0; i < datagrams; i++) bench.sendToHost(gossip(i + 1));
  bench.heap.runUntil(thawAtMs);
  bench.clock.thaw();
  bench.heap.runUntil(thawAtMs + 1);
  return bench;
}
