import { expect, test } from "vitest";
import { EventHeap } from "../../src/sim/event-heap.ts";
import { VirtualClock } from "../../src/sim/virtual-clock.ts";

function bench(): {
  heap: EventHeap;
  clock: VirtualClock;
  ran: string[];
  note: (what: string) => () => void;
} {
  const heap = new EventHeap();
  const ran: string[] = [];
  const note = (what: string) => () => {
    ran.push(`${what} at ${heap.nowMs}`);
  };
  return { heap, clock: new VirtualClock(heap), ran, note };
}

test("a wakeup fires once, at the newest time it was set to", () => {
  const { heap, clock, ran, note } = bench();
  clock.wakeAt(10, note("early"));
  clock.wakeAt(50, note("late"));
  clock.wakeAt(30, note("newest"));
  heap.runUntil(100);
  expect(ran).toEqual(["newest at 30"]);
});

test("a cancelled wakeup does not fire", () => {
  const { heap, clock, ran, note } = bench();
  clock.wakeAt(10, note("wake"));
  clock.cancelWake();
  heap.runUntil(100);
  expect(ran).toEqual([]);
});

test("a thawed process runs its late timer first, then what waited in order, then the turn's callbacks", () => {
  const { heap, clock, ran, note } = bench();
  clock.wakeAt(10, () => {
    note("wake")();
    clock.nextTurn(note("turn"));
  });
  clock.freeze();
  heap.runUntil(5);
  clock.deliver(note("first"));
  heap.runUntil(20);
  clock.deliver(note("second"));
  clock.thaw();
  heap.runUntil(30);
  expect(ran).toEqual(["wake at 20", "first at 20", "second at 20", "turn at 20"]);
});

test("one turn reads 32 datagrams, as libuv does", () => {
  const { heap, clock, ran, note } = bench();
  clock.freeze();
  for (let i = 0; i < 40; i++) clock.deliver(note("datagram"));
  clock.nextTurn(note("turn"));
  clock.thaw();
  heap.runUntil(1);
  expect(ran.indexOf("turn at 0")).toBe(32);
  expect(ran).toHaveLength(41);
});

test("the queue of a frozen process is bounded", () => {
  const { clock, note } = bench();
  clock.freeze();
  let kept = 0;
  while (clock.deliver(note("datagram"))) kept++;
  expect(kept).toBe(5000);
});

test("a process that ended runs nothing, whatever was set or queued", () => {
  const { heap, clock, ran, note } = bench();
  clock.wakeAt(10, note("wake"));
  clock.nextTurn(note("turn"));
  clock.end();
  clock.deliver(note("datagram"));
  heap.runUntil(100);
  expect(ran).toEqual([]);
});

test("a small receive buffer keeps the first datagrams of a stall", () => {
  const heap = new EventHeap();
  const clock = new VirtualClock(heap, { receiveQueueMax: 2, latenessMs: undefined });
  const read: number[] = [];
  clock.freeze();
  const kept = [1, 2, 3].map((number) => clock.deliver(() => read.push(number)));
  clock.thaw();
  heap.runUntil(1);
  expect(kept).toEqual([true, true, false]);
  expect(read).toEqual([1, 2]);
});

test("reports of the kernel wait in the order of all that arrives, and no buffer bounds them", () => {
  const { heap, ran, note } = bench();
  const clock = new VirtualClock(heap, { receiveQueueMax: 1, latenessMs: undefined });
  clock.report(note("at once"));
  clock.freeze();
  for (const name of ["report 1", "report 2"]) clock.report(note(name));
  expect(clock.deliver(note("datagram"))).toBe(true);
  expect(clock.deliver(note("too much"))).toBe(false);
  clock.report(note("report 3"));
  clock.thaw();
  heap.runUntil(5);
  const queued = ["report 1", "report 2", "datagram", "report 3"].map((name) => `${name} at 0`);
  expect(ran).toEqual(["at once at 0", ...queued]);
  clock.end();
  clock.report(note("after the end"));
  expect(ran).toHaveLength(5);
});

test("on a busy machine a timer fires late, and once", () => {
  const heap = new EventHeap();
  const clock = new VirtualClock(heap, { receiveQueueMax: 2, latenessMs: () => 7 });
  const firedMs: number[] = [];
  clock.wakeAt(10, () => firedMs.push(heap.nowMs));
  heap.runUntil(100);
  expect(firedMs).toEqual([17]);
});
