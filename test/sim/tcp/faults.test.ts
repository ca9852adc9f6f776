import { expect, test } from "vitest";
import { LinkFaults } from "../../../src/sim/link-faults.ts";
import { addressOf, two, WAY_MS, wired } from "./wire-bench.ts";

const HOST_A = addressOf("a").host;
const HOST_B = addressOf("b").host;

test("loss takes segments, and kernels repeat them: everything is told in the end", () => {
  const late = { closed: 0, dialled: 0 };
  for (let round = 0; round < 50; round++) {
    const { bench, a, b, dial } = wired({}, round);
    bench.network.setLoss(0.3);
    dial();
    bench.run(2 * WAY_MS);
    if (a.told.length === 0) late.dialled++;
    bench.run(10_000);
    a.told.length = 0;
    bench.kill(b);
    bench.run(10 + WAY_MS);
    if (a.told.length === 0) late.closed++;
    expect(bench.hear(a, 60_000)).toEqual(["wire to b ended"]);
  }
  // 30 % of the FINs, and half of what needs an answer.
  expect(late.closed).toBeGreaterThan(7);
  expect(late.closed).toBeLessThan(24);
  expect(late.dialled).toBeGreaterThan(16);
  expect(late.dialled).toBeLessThan(34);
});

test("a partition keeps segments apart, and a clogged link holds them", () => {
  const { bench, a, b, dial } = wired();
  bench.network.partition([[HOST_A]]);
  dial();
  bench.kill(b);
  expect(bench.hear(a, 20_000)).toEqual([]);
  bench.network.heal();
  expect(bench.hear(a, 30_000)).toEqual(["wire to b ended"]);
  const again = bench.start("b");
  const untilMs = bench.heap.nowMs + 700;
  bench.network.clogLink(HOST_B, HOST_A, untilMs);
  dial();
  bench.run(1_000);
  expect(again.told).toEqual([]);
  expect(a.told).toEqual([{ what: "dial 1 of b answered", atMs: untilMs }]);
});

test("a small path and duplicates are nothing to TCP", () => {
  const { bench, a, b, dial } = two({ duplicate: 1, replay: 1 });
  const link = bench.network.links.edit(HOST_A, HOST_B);
  link.datagramBytesMax = 0;
  a.wires.keep([b.target]);
  dial();
  expect(bench.hear(a, 30_000)).toEqual(["dial 1 of b answered", "wire to b open: start-2"]);
});

test("a slow path slows TCP", () => {
  const { bench, a, dial } = wired();
  bench.network.links.edit(HOST_A, HOST_B).extraMs = 300;
  const dialledMs = bench.heap.nowMs;
  dial();
  bench.run(1_000);
  expect(a.told).toEqual([{ what: "dial 1 of b answered", atMs: dialledMs + 300 + 2 * WAY_MS }]);
});

test("a filter that rejects on the way out refuses dials, and resets a wire when something is sent on it", () => {
  const { bench, a, dial } = wired();
  bench.network.links.edit(HOST_A, HOST_B).isRejecting = true;
  expect(bench.hear(a, 10_000)).toEqual([]);
  dial();
  expect(bench.hear(a, 1)).toEqual(["dial 1 of b refused"]);
  a.wires.poke("b");
  expect(bench.hear(a, 1)).toEqual(["wire to b reset"]);
});

test("a filter that rejects on the way back leaves silence", () => {
  const { bench, a, dial } = wired();
  bench.network.links.edit(HOST_B, HOST_A).isRejecting = true;
  dial();
  a.wires.poke("b");
  expect(bench.hear(a, 14_900)).toEqual([]);
  expect(bench.hear(a, 200)).toEqual(["wire to b reset"]);
});

test("rules by name reject and drop segments as they do datagrams", () => {
  const { bench, a, dial } = wired();
  const nameOf = (host: string) => host.at(-1);
  const rule = { from: ["a"], to: ["b"], drop: 1 };
  bench.network.setFaults(new LinkFaults([{ ...rule, reject: true }], nameOf));
  dial();
  expect(bench.hear(a, 1)).toEqual(["dial 1 of b refused"]);
  bench.network.setFaults(new LinkFaults([rule], nameOf));
  dial();
  expect(bench.hear(a, 5_000)).toEqual([]);
});

test("a filter for TCP alone drops segments and lets datagrams through", () => {
  const { bench, a, b, dial } = wired();
  bench.network.links.edit(HOST_A, HOST_B).dropsTcp = true;
  a.port.send(new Uint8Array(7), { endpoint: addressOf("b") });
  dial();
  expect(bench.hear(a, 10_000)).toEqual([]);
  expect(b.told.map(({ what }) => what)).toEqual(["7 bytes from 10.0.0.a"]);
  bench.network.heal();
  dial();
  expect(bench.hear(a, 10_000)).toEqual(["dial 1 of b answered"]);
});

test("a middlebox resets every wire, and each is opened again within 100 ms", () => {
  const { bench, a } = wired();
  bench.tcp.resetAll();
  expect(bench.hear(a, 49)).toEqual(["wire to b reset"]);
  expect(bench.hear(a, 51 + 4 * WAY_MS)).toEqual(["wire to b open: start-2"]);
});

test("a proxy answers for a host that is gone, and opens no wire to it", () => {
  const { bench, a, b, dial } = wired();
  bench.tcp.putProxy(HOST_B);
  bench.crash(b);
  a.wires.keep([{ ...b.target, startId: "start-9" }]);
  dial();
  expect(bench.hear(a, 40_000)).toEqual(["dial 1 of b answered"]);
  bench.tcp.removeProxy(HOST_B);
  dial();
  expect(bench.hear(a, 40_000)).toEqual([]);
});

test("a proxy lets wires through to a process that lives", () => {
  const { bench, a, b } = two();
  bench.tcp.putProxy(HOST_B);
  a.wires.keep([b.target]);
  expect(bench.hear(a, 1_000)).toEqual(["wire to b open: start-2"]);
});

test("a paused machine answers nothing, loses what comes, and keeps its wires", () => {
  const { bench, a, b, dial } = wired();
  bench.network.power.pause(HOST_B);
  b.clock.freeze("machine");
  dial();
  a.port.send(new Uint8Array(7), { endpoint: addressOf("b"), member: "b", probeSeq: 1 });
  bench.run(10_000);
  bench.network.power.resume(HOST_B);
  b.clock.thaw("machine");
  expect(bench.hear(a, 20_000)).toEqual([]);
  expect(b.told).toEqual([]);
  dial();
  expect(bench.hear(a, 100)).toEqual(["dial 1 of b answered"]);
});

test("what comes for a paused machine is lost, and repeated by the kernel that sent it", () => {
  const { bench, a, b, dial } = wired();
  const pause = (host: string, forMs: number) => {
    bench.network.power.pause(host);
    bench.run(forMs);
    bench.network.power.resume(host);
  };
  const SYN_REPEATED_MS = 1_000;
  for (const isProxied of [false, true]) {
    if (isProxied) bench.tcp.putProxy(HOST_B);
    // An answer that comes while the one who asked is away.
    dial();
    bench.run(WAY_MS);
    pause(HOST_A, 2 * WAY_MS);
    expect(bench.hear(a, SYN_REPEATED_MS - 3 * WAY_MS)).toEqual([]);
    expect(bench.hear(a, 2 * WAY_MS)).toEqual(["dial 1 of b answered"]);
  }
  bench.tcp.removeProxies();
  dial();
  pause(HOST_B, 100);
  expect(bench.hear(a, SYN_REPEATED_MS - 100)).toEqual([]);
  expect(bench.hear(a, 2 * WAY_MS)).toEqual(["dial 1 of b answered"]);
  bench.kill(b);
  bench.run(100);
  a.told.length = 0;
  a.port.send(new Uint8Array(7), { endpoint: addressOf("b"), member: "b", probeSeq: 1 });
  bench.run(WAY_MS);
  pause(HOST_A, 2 * WAY_MS);
  expect(bench.hear(a, 10)).toEqual([]);
});

test("a machine that is paused hears of no reset, and finds it out by a poke", () => {
  const { bench, a } = wired();
  bench.network.power.pause(HOST_A);
  bench.tcp.resetAll();
  bench.network.power.resume(HOST_A);
  expect(bench.hear(a, 1_000)).toEqual([]);
  a.wires.poke("b");
  expect(bench.hear(a, 2 * WAY_MS)).toEqual(["wire to b reset"]);
});

test("a host without power does not go on as a paused one does", () => {
  const { bench, a, b, dial } = wired();
  bench.crash(b);
  bench.network.power.pause(HOST_B);
  bench.network.power.resume(HOST_B);
  dial();
  expect(bench.hear(a, 5_000)).toEqual([]);
});

test("what a paused machine wanted to send leaves as it goes on", () => {
  const { bench, a, b } = wired();
  bench.network.power.pause(HOST_B);
  bench.kill(b);
  expect(bench.hear(a, 10_000)).toEqual([]);
  bench.network.power.resume(HOST_B);
  expect(bench.hear(a, WAY_MS)).toEqual(["wire to b ended"]);
});

test("a process that was stopped on its own stays so when its machine goes on", () => {
  const { bench, a, b } = wired();
  b.clock.freeze();
  b.clock.freeze("machine");
  b.clock.thaw("machine");
  a.port.send(new Uint8Array(7), { endpoint: addressOf("b") });
  expect(bench.hear(b, 100)).toEqual([]);
  b.clock.thaw();
  expect(bench.hear(b, 0)).toEqual(["7 bytes from 10.0.0.a"]);
});
