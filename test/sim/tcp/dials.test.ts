import { expect, test } from "vitest";
import { addressOf, type BenchProcess, two, WAY_MS } from "./wire-bench.ts";

function times(process: BenchProcess): number[] {
  return process.told.map(({ atMs }) => atMs);
}

test("a dial is answered after a round trip, also where the process is frozen", () => {
  const { bench, a, b, dial } = two();
  dial(1);
  expect(bench.hear(a, 2 * WAY_MS)).toEqual(["dial 1 of b answered"]);
  b.clock.freeze();
  dial(2);
  expect(bench.hear(a, 2 * WAY_MS)).toEqual(["dial 2 of b answered"]);
});

test("the queue of a frozen process takes 511 connections, and all again as it goes on", () => {
  const { bench, a, b, dial } = two();
  b.clock.freeze();
  let answered = 0;
  for (let round = 0; round < 65; round++) {
    for (let seq = 1; seq <= 8; seq++) dial(seq);
    answered += bench.hear(a, 5_000).length;
  }
  expect(answered).toBe(511);
  b.clock.thaw();
  bench.run(0);
  dial(600);
  expect(bench.hear(a, 5_000)).toEqual(["dial 600 of b answered"]);
});

test("a SYN that is repeated takes no second place in the queue", () => {
  const { bench, a, b, dial } = two();
  b.clock.freeze();
  bench.cut("b", "a");
  for (let round = 0; round < 32; round++) {
    for (let seq = 1; seq <= 8; seq++) dial(seq);
    bench.run(5_000);
  }
  bench.network.heal();
  dial();
  expect(bench.hear(a, 100)).toEqual(["dial 1 of b answered"]);
});

test("eight dials to one member, and 64 in all, are under way at once", () => {
  const { bench, a, b, dial } = two();
  for (let seq = 1; seq <= 9; seq++) dial(seq);
  expect(bench.hear(a, 2 * WAY_MS)).toHaveLength(8);
  for (let at = 0; at < 65; at++) a.wires.dial(`m${at}`, addressOf("b"), at);
  expect(bench.hear(a, 2 * WAY_MS)).toHaveLength(64);
  bench.crash(b);
  for (let seq = 1; seq <= 8; seq++) dial(seq);
  bench.run(2_900);
  bench.start("b");
  dial(9);
  expect(bench.hear(a, 50)).toEqual([]);
  bench.run(100);
  dial(10);
  expect(bench.hear(a, 50)).toEqual(["dial 10 of b answered"]);
});

test("a dial to a port that nobody has is refused after a round trip", () => {
  const { bench, a, b, dial } = two();
  bench.kill(b);
  bench.run(100);
  dial();
  expect(bench.hear(a, 2 * WAY_MS)).toEqual(["dial 1 of b refused"]);
});

test("a dial to a host without power, or behind a cut in one direction, stays silent", () => {
  const { bench, a, b, dial } = two();
  bench.cut("b", "a");
  dial(1);
  bench.run(4_000);
  bench.network.heal();
  bench.cut("a", "b");
  dial(2);
  bench.run(4_000);
  bench.network.heal();
  bench.crash(b);
  dial(3);
  expect(bench.hear(a, 20_000)).toEqual([]);
});

test("a dial whose SYN or answer was lost is repeated after a second, and given up after three", () => {
  const { bench, a, dial } = two();
  bench.cut("b", "a");
  dial(1);
  bench.run(500);
  bench.network.heal();
  bench.run(1_000);
  expect(times(a)).toEqual([1_000 + 2 * WAY_MS]);
  bench.cut("a", "b");
  dial(2);
  bench.run(2_900);
  bench.network.heal();
  bench.run(20_000);
  expect(times(a)).toHaveLength(1);
});

test("a dying process: its wires close first, then its listener, then its datagram port", () => {
  const seen = { answered: 0, lost: 0 };
  for (let round = 0; round < 40; round++) {
    const { bench, a, b } = two({ delay: { latencyMs: 0.1, jitterMs: 0 } }, round);
    a.wires.keep([b.target]);
    bench.run(1_000);
    a.told.length = 0;
    bench.kill(b);
    while (a.told.length === 0) bench.run(0.01);
    expect(a.told[0]?.what).toBe("wire to b ended");
    const closedMs = bench.heap.nowMs;
    a.wires.dial("b", addressOf("b"), 1);
    a.port.send(new Uint8Array(1), { endpoint: addressOf("b"), member: "b", probeSeq: 1 });
    bench.run(9);
    const early = a.told.map(({ what }) => what);
    if (early.includes("dial 1 of b answered")) seen.answered++;
    if (!early.includes("ping of b refused")) seen.lost++;
    bench.run(closedMs + 21 - bench.heap.nowMs);
    a.told.length = 0;
    a.wires.dial("b", addressOf("b"), 2);
    a.port.send(new Uint8Array(1), { endpoint: addressOf("b"), member: "b", probeSeq: 2 });
    expect(bench.hear(a, 1).sort()).toEqual(["dial 2 of b refused", "ping of b refused"]);
  }
  expect(seen.lost).toBe(40);
  // The listener outlives the wires by less than a millisecond.
  expect(seen.answered).toBeGreaterThan(5);
  expect(seen.answered).toBeLessThan(38);
});

test("a process that starts where one is dying clears it up", () => {
  const { bench, a, b, dial } = two();
  bench.kill(b);
  bench.start("b");
  dial();
  expect(bench.hear(a, 100)).toEqual(["dial 1 of b answered"]);
});
