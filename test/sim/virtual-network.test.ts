import { expect, test } from "vitest";
import type { Endpoint } from "../../src/core/member.ts";
import { seededRng } from "../../src/core/primitives/rng.ts";
import { EventHeap } from "../../src/sim/event-heap.ts";
import { type NetworkModel, plainNetwork } from "../../src/sim/network-model.ts";
import { VirtualClock } from "../../src/sim/virtual-clock.ts";
import { VirtualNetwork } from "../../src/sim/virtual-network.ts";
import type { VirtualPort } from "../../src/sim/virtual-port.ts";

const A: Endpoint = { host: "10.0.0.1", port: 7946 };
const B: Endpoint = { host: "10.0.0.2", port: 7946 };

const DELAY = { latencyMs: 10, jitterMs: 5 };

class NetworkBench {
  readonly heap = new EventHeap();
  readonly network: VirtualNetwork;
  /** What arrived where, as `what>host`, with its time. */
  readonly arrived: { what: string; atMs: number }[] = [];

  constructor(model: Partial<NetworkModel> = {}) {
    this.network = new VirtualNetwork({
      heap: this.heap,
      rng: seededRng([1, 2, 3, 4]),
      delay: DELAY,
      model: { ...plainNetwork(DELAY), ...model },
    });
  }

  open(endpoint: Endpoint): VirtualPort {
    const port = this.network.bind(endpoint, new VirtualClock(this.heap));
    if (port === undefined) throw new Error("taken");
    const note = (what: string) =>
      this.arrived.push({ what: `${what} at ${endpoint.host}`, atMs: this.heap.nowMs });
    port.listen({
      onDatagram: (datagram, from) => note(`${datagram.length} bytes from ${from.host}`),
      onRefused: (member, probeSeq) => note(`${member} refused ${probeSeq}`),
    });
    return port;
  }

  whatArrived(): string[] {
    this.heap.runUntil(this.heap.nowMs + 100);
    return this.arrived.map(({ what }) => what);
  }
}

/** A bench, and a port at each of two hosts. */
function two(model: Partial<NetworkModel> = {}) {
  const bench = new NetworkBench(model);
  return { bench, a: bench.open(A), b: bench.open(B) };
}

const DATAGRAM = new Uint8Array(7);

test("a datagram arrives after the latency and at most the jitter more", () => {
  const { bench, a } = two();
  for (let i = 0; i < 50; i++) a.send(DATAGRAM, { endpoint: B });
  bench.heap.runUntil(100);
  const times = bench.arrived.map(({ atMs }) => atMs);
  expect(times).toHaveLength(50);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...times)).toBeLessThanOrEqual(15);
  expect(new Set(times).size).toBe(50);
});

test("a probe to a port without a process comes back refused after the round trip", () => {
  const bench = new NetworkBench();
  bench.open(A).send(DATAGRAM, { endpoint: B, member: "b", probeSeq: 3 });
  expect(bench.whatArrived()).toEqual(["b refused 3 at 10.0.0.1"]);
  expect(bench.arrived[0]?.atMs).toBeGreaterThanOrEqual(20);
});

test("only probes are refused", () => {
  const bench = new NetworkBench();
  bench.open(A).send(DATAGRAM, { endpoint: B, member: "b" });
  expect(bench.whatArrived()).toEqual([]);
});

test("a host that is down is silent, until a process binds there again", () => {
  const bench = new NetworkBench();
  const a = bench.open(A);
  bench.open(B).close();
  bench.network.takeDown(B.host);
  a.send(DATAGRAM, { endpoint: B, member: "b", probeSeq: 1 });
  expect(bench.whatArrived()).toEqual([]);
  bench.open(B);
  a.send(DATAGRAM, { endpoint: B, member: "b", probeSeq: 2 });
  expect(bench.whatArrived()).toEqual(["7 bytes from 10.0.0.1 at 10.0.0.2"]);
});

test("a cut link is cut in one direction, for refusals too, until it is healed", () => {
  const { bench, a, b } = two();
  bench.network.cutLink(B.host, A.host);
  a.send(DATAGRAM, { endpoint: B });
  b.send(DATAGRAM, { endpoint: A });
  expect(bench.whatArrived()).toEqual(["7 bytes from 10.0.0.1 at 10.0.0.2"]);
  b.close();
  a.send(DATAGRAM, { endpoint: B, member: "b", probeSeq: 1 });
  expect(bench.whatArrived()).toHaveLength(1);
  bench.network.heal();
  a.send(DATAGRAM, { endpoint: B, member: "b", probeSeq: 2 });
  expect(bench.whatArrived()).toContain("b refused 2 at 10.0.0.1");
});

test("hosts in no group of a partition form one of their own", () => {
  const bench = new NetworkBench();
  const c = { host: "10.0.0.3", port: 7946 };
  const b = bench.open(B);
  bench.open(A);
  bench.open(c);
  bench.network.partition([[A.host]]);
  b.send(DATAGRAM, { endpoint: A });
  b.send(DATAGRAM, { endpoint: c });
  expect(bench.whatArrived()).toEqual(["7 bytes from 10.0.0.2 at 10.0.0.3"]);
});

test("loss takes its share of the datagrams", () => {
  const { bench, a } = two();
  bench.network.setLoss(0.25);
  for (let i = 0; i < 1000; i++) a.send(DATAGRAM, { endpoint: B });
  const arrived = bench.whatArrived().length;
  expect(arrived).toBeGreaterThan(700);
  expect(arrived).toBeLessThan(800);
});

test("a link may have a delay of its own", () => {
  const { bench, a } = two();
  bench.network.links.edit(A.host, B.host).delay = { latencyMs: 50, jitterMs: 0 };
  a.send(DATAGRAM, { endpoint: B });
  bench.whatArrived();
  expect(bench.arrived[0]?.atMs).toBe(50);
});

test("a port has one owner", () => {
  const bench = new NetworkBench();
  bench.open(A);
  expect(bench.network.bind(A, new VirtualClock(bench.heap))).toBeUndefined();
});

test("a duplicated datagram arrives twice, each copy in its own time", () => {
  const { bench, a } = two({ duplicate: 1 });
  a.send(DATAGRAM, { endpoint: B });
  expect(bench.whatArrived()).toHaveLength(2);
  expect(bench.arrived[0]?.atMs).not.toBe(bench.arrived[1]?.atMs);
});

test("a reordered datagram is held back, and overtaken", () => {
  const { bench, a } = two({ reorder: { probability: 0.5, upToMs: 50 } });
  for (let length = 1; length <= 20; length++) a.send(new Uint8Array(length), { endpoint: B });
  const lengths = bench.whatArrived().map((what) => Number.parseInt(what, 10));
  expect(lengths).toHaveLength(20);
  expect(lengths).not.toEqual([...lengths].sort((x, y) => x - y));
  expect(Math.max(...bench.arrived.map(({ atMs }) => atMs))).toBeGreaterThan(20);
});

test("replayed datagrams are old ones, on the way they were sent", () => {
  const { bench, a, b } = two({ replay: 0.5 });
  for (let i = 0; i < 100; i++) {
    a.send(new Uint8Array(3), { endpoint: B });
    b.send(new Uint8Array(5), { endpoint: A });
  }
  const arrived = bench.whatArrived();
  expect(bench.network.counters.replayed).toBeGreaterThan(20);
  expect(arrived).toHaveLength(200 + bench.network.counters.replayed);
  expect(new Set(arrived)).toEqual(
    new Set(["3 bytes from 10.0.0.1 at 10.0.0.2", "5 bytes from 10.0.0.2 at 10.0.0.1"]),
  );
});

test("a clogged link holds its datagrams, delivers all at once, and holds no other link's", () => {
  const { bench, a, b } = two();
  bench.network.clogLink(A.host, B.host, 70);
  for (let i = 0; i < 3; i++) a.send(DATAGRAM, { endpoint: B });
  b.send(DATAGRAM, { endpoint: A });
  bench.whatArrived();
  const [first, ...held] = bench.arrived.map(({ atMs }) => atMs);
  expect(first).toBeLessThan(20);
  expect(held).toEqual([70, 70, 70]);
});

test("a link may lose a share of its own, until it is healed", () => {
  const { bench, a, b } = two();
  bench.network.links.edit(A.host, B.host).loss = 1;
  a.send(DATAGRAM, { endpoint: B });
  b.send(DATAGRAM, { endpoint: A });
  expect(bench.whatArrived()).toEqual(["7 bytes from 10.0.0.2 at 10.0.0.1"]);
  bench.network.heal();
  a.send(DATAGRAM, { endpoint: B });
  expect(bench.whatArrived()).toHaveLength(2);
});

test("links of a spread network differ by a factor that stays", () => {
  const { bench, a, b } = two({ linkSpread: 8, delay: { latencyMs: 8, jitterMs: 0 } });
  for (let i = 0; i < 3; i++) {
    a.send(DATAGRAM, { endpoint: B });
    b.send(DATAGRAM, { endpoint: A });
  }
  bench.whatArrived();
  const times = [...new Set(bench.arrived.map(({ atMs }) => atMs))];
  expect(times).toHaveLength(2);
  for (const atMs of times) expect(atMs).toBeGreaterThanOrEqual(1);
  for (const atMs of times) expect(atMs).toBeLessThanOrEqual(64);
});
