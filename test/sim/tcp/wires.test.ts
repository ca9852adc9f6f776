import { expect, test } from "vitest";
import { two, WAY_MS, wired } from "./wire-bench.ts";

test("a wire is open after two round trips: one for the kernels, one for the hellos", () => {
  const { bench, a, b } = two();
  a.wires.keep([b.target]);
  bench.run(1_000);
  expect(a.told).toEqual([{ what: "wire to b open: start-2", atMs: 4 * WAY_MS }]);
  expect(b.told).toEqual([]);
});

test("a wire closes some milliseconds after the process at its other end ended", () => {
  const { bench, a, b } = wired();
  const killedMs = bench.heap.nowMs;
  bench.kill(b);
  bench.run(10_000);
  expect(a.told.map(({ what }) => what)).toEqual(["wire to b ended"]);
  expect(a.told[0]?.atMs).toBeGreaterThan(killedMs + 1 + WAY_MS);
  expect(a.told[0]?.atMs).toBeLessThan(killedMs + 8 + WAY_MS);
});

test("a frozen process keeps its wires, and reads of those that ended as it goes on", () => {
  const { bench, a, b } = wired();
  b.clock.freeze();
  expect(bench.hear(a, 30_000)).toEqual([]);
  a.clock.freeze();
  bench.kill(b);
  expect(bench.hear(a, 30_000)).toEqual([]);
  a.clock.thaw();
  expect(bench.hear(a, 0)).toEqual(["wire to b ended"]);
});

test("a frozen process answers hellos as it goes on: at once, or the next one after each was given up", () => {
  const { bench, a, b } = two();
  b.clock.freeze();
  a.wires.keep([b.target]);
  expect(bench.hear(a, 2_000)).toEqual([]);
  b.clock.thaw();
  expect(bench.hear(a, WAY_MS)).toEqual(["wire to b open: start-2"]);
  a.wires.keep([]);
  b.clock.freeze();
  a.wires.keep([b.target]);
  expect(bench.hear(a, 45_000)).toEqual([]);
  b.clock.thaw();
  expect(bench.hear(a, 4 * WAY_MS)).toEqual([]);
  expect(bench.hear(a, 10_000)).toEqual(["wire to b open: start-2"]);
});

test.each([
  ["another start", { startId: "start-9" }],
  ["another name", { member: "c" }],
])("no wire opens to %s than the one that listens", (_, changes) => {
  const { bench, a, b } = two();
  a.wires.keep([{ ...b.target, ...changes }]);
  expect(bench.hear(a, 60_000)).toEqual([]);
  a.wires.keep([b.target]);
  expect(bench.hear(a, 60_000)).toEqual(["wire to b open: start-2"]);
});

test("the wires of a process that ended and started again have ended, and lead to the new start when that is wanted", () => {
  const { bench, a, b } = wired();
  bench.kill(b);
  const again = bench.start("b");
  expect(bench.hear(a, 5_000)).toEqual(["wire to b ended"]);
  a.wires.keep([again.target]);
  expect(bench.hear(a, 5_000)).toEqual(["wire to b open: start-3"]);
});

test("a hello that is answered twice, or whose answer comes late, opens one wire", () => {
  const { bench, a, b } = two();
  a.wires.keep([b.target]);
  bench.run(2.5 * WAY_MS);
  bench.cut("b", "a");
  bench.run(300);
  bench.network.heal();
  expect(bench.hear(a, 30_000)).toEqual(["wire to b open: start-2"]);
  a.wires.keep([]);
  bench.network.links.edit(b.target.endpoint.host, a.target.endpoint.host).extraMs = 300;
  a.wires.keep([b.target]);
  expect(bench.hear(a, 30_000)).toEqual(["wire to b open: start-2"]);
});

test("a wire that is no longer wanted is closed, and nobody is told", () => {
  const { bench, a, b } = wired();
  a.wires.keep([]);
  bench.kill(b);
  expect(bench.hear(a, 120_000)).toEqual([]);
});

test("who ended is not told of its own wires", () => {
  const { bench, a, b } = wired();
  b.wires.keep([a.target]);
  bench.run(1_000);
  bench.kill(b);
  bench.kill(a);
  b.told.length = 0;
  bench.run(120_000);
  expect([...a.told, ...b.told]).toEqual([]);
});

test("a lost SYN is repeated after a second, and after three the daemon begins anew", () => {
  const { bench, a, b } = two();
  bench.cut("a", "b");
  a.wires.keep([b.target]);
  bench.run(500);
  bench.network.heal();
  bench.run(1_000);
  expect(a.told).toEqual([{ what: "wire to b open: start-2", atMs: 1_000 + 4 * WAY_MS }]);
  bench.cut("a", "b");
  a.wires.keep([]);
  a.told.length = 0;
  const fromMs = bench.heap.nowMs;
  a.wires.keep([b.target]);
  bench.run(2_000);
  bench.network.heal();
  bench.run(2_000);
  const openedMs = (a.told[0]?.atMs ?? 0) - fromMs - 4 * WAY_MS;
  expect(openedMs).toBeGreaterThanOrEqual(3_050);
  expect(openedMs).toBeLessThanOrEqual(3_100);
});

test("a lost hello is repeated after 200 ms, then after 400 more", () => {
  const { bench, a, b } = two();
  a.wires.keep([b.target]);
  bench.run(1.5 * WAY_MS);
  bench.cut("a", "b");
  bench.run(300);
  bench.network.heal();
  bench.run(2_000);
  const greetedMs = 2 * WAY_MS + 200 + 400;
  expect(a.told.map(({ atMs }) => atMs)).toEqual([greetedMs + 2 * WAY_MS]);
});

test("a wire that does not open is tried again after 100 ms at most, and ever later up to ten seconds", () => {
  const { bench, a, b } = two();
  bench.kill(b);
  bench.run(100);
  a.wires.keep([b.target]);
  const triedMs = [bench.heap.nowMs];
  for (let sent = 2; bench.heap.nowMs < 60_000; bench.run(1)) {
    // A SYN and a RST each.
    if (bench.tcp.segments.counters.sent <= sent) continue;
    sent += 2;
    triedMs.push(bench.heap.nowMs);
  }
  const waits = triedMs.slice(1).map((atMs, at) => atMs - (triedMs[at] ?? 0) - 2 * WAY_MS);
  expect(waits.length).toBeGreaterThan(9);
  for (const [at, waitMs] of waits.entries()) {
    const longest = Math.min(100 * 2 ** at, 10_000);
    expect(waitMs).toBeGreaterThanOrEqual(longest / 2 - 2);
    expect(waitMs).toBeLessThanOrEqual(longest + 2);
  }
});

test("a wire that was open for a second is tried again soon, one that was not ever later", () => {
  const { bench, a } = wired();
  const reopenedMs = (): number => {
    bench.tcp.resetAll();
    const fromMs = bench.heap.nowMs;
    while (!a.told.some(({ what }) => what.includes("open"))) bench.run(1);
    a.told.length = 0;
    return bench.heap.nowMs - fromMs;
  };
  for (let round = 0; round < 6; round++) {
    bench.run(1_500);
    expect(reopenedMs()).toBeLessThan(100 + 5 * WAY_MS);
  }
  const waits = Array.from({ length: 6 }, reopenedMs);
  expect(waits.at(-1)).toBeGreaterThan(1_500);
});

test("what is abandoned, or ended, sends nothing any more", () => {
  const { bench, a, b } = wired();
  bench.kill(a);
  const { counters } = bench.tcp.segments;
  const sent = counters.sent;
  bench.run(600_000);
  expect(counters.sent).toBe(sent);
  const again = bench.start("a");
  bench.kill(b);
  bench.run(100);
  again.wires.keep([b.target]);
  bench.run(30);
  again.clock.freeze();
  // Its next try is due while it stands still, and so is what makes it give up the wire.
  again.clock.wakeAt(bench.heap.nowMs + 1, () => again.wires.keep([]));
  bench.run(1_000);
  again.clock.thaw();
  const before = counters.sent;
  bench.run(600_000);
  expect(counters.sent).toBe(before);
});

test("a wire survives a cut, and a FIN that was lost arrives after it", () => {
  const { bench, a, b } = wired();
  bench.cut("a", "b");
  bench.cut("b", "a");
  expect(bench.hear(a, 40_000)).toEqual([]);
  bench.network.heal();
  expect(bench.hear(a, 1_000)).toEqual([]);
  bench.cut("b", "a");
  bench.kill(b);
  expect(bench.hear(a, 5_000)).toEqual([]);
  bench.network.heal();
  // Repeated after 0.2, 0.6, 1.4, 3.0, 6.2 s.
  expect(bench.hear(a, 1_300)).toEqual(["wire to b ended"]);
});

test("a wire to a host without power is silent, until a keepalive finds it out", () => {
  const { bench, a, b } = wired();
  bench.crash(b);
  expect(bench.hear(a, 59_000)).toEqual([]);
  expect(bench.hear(a, 12_000)).toEqual(["wire to b reset"]);
});

test("keepalives keep a wire through losses, and open, for an hour", () => {
  const { bench, a, b } = two({ loss: 0.2 });
  a.wires.keep([b.target]);
  expect(bench.hear(a, 3_600_000)).toEqual(["wire to b open: start-2"]);
});

test("a poke is acknowledged by the kernel of a process, frozen or not, and nothing comes of it", () => {
  const { bench, a, b } = wired();
  b.clock.freeze();
  a.wires.poke("b");
  expect(bench.hear(a, 50_000)).toEqual([]);
});

test("a poke on a wire whose FIN is under way or lost is reset by the kernel", () => {
  const { bench, a, b } = wired();
  bench.cut("b", "a");
  bench.kill(b);
  bench.run(150);
  bench.network.heal();
  a.wires.poke("b");
  expect(bench.hear(a, 2 * WAY_MS)).toEqual(["wire to b reset"]);
});

test("a poke to a host without power times out after 15 s", () => {
  const { bench, a, b } = wired();
  bench.crash(b);
  a.wires.poke("b");
  expect(bench.hear(a, 14_900)).toEqual([]);
  expect(bench.hear(a, 200)).toEqual(["wire to b reset"]);
});

test("what a host meant to say is gone with its power", () => {
  const { bench, a, b } = wired();
  // A FIN that was lost, one that waits for its paused machine, and an answer to a hello.
  bench.cut("b", "a");
  bench.kill(b);
  bench.run(100);
  bench.network.takeDown(b.target.endpoint.host);
  const again = bench.start("b");
  bench.network.heal();
  expect(bench.hear(a, 30_000)).toEqual([]);
  a.wires.keep([again.target]);
  expect(bench.hear(a, 100)).toEqual(["wire to b open: start-3"]);
  bench.network.power.pause(b.target.endpoint.host);
  bench.kill(again);
  bench.run(100);
  bench.network.takeDown(b.target.endpoint.host);
  const third = bench.start("b");
  expect(bench.hear(a, 30_000)).toEqual([]);
  a.wires.keep([third.target]);
  bench.run(2.5 * WAY_MS);
  bench.cut("b", "a");
  bench.run(WAY_MS);
  bench.crash(third);
  bench.start("b");
  bench.run(100);
  bench.network.heal();
  expect(bench.hear(a, 30_000)).toEqual([]);
});

test("a host that lost its power and has it again resets what it does not know", () => {
  const { bench, a, b } = wired();
  bench.crash(b);
  bench.start("b");
  expect(bench.hear(a, 1_000)).toEqual([]);
  a.wires.poke("b");
  expect(bench.hear(a, 2 * WAY_MS)).toEqual(["wire to b reset"]);
});
