import fc from "fast-check";
import { expect, test } from "vitest";
import { EventHeap } from "../../src/sim/event-heap.ts";

test("calls run in the order of their times, and of their scheduling where times are equal", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const heap = new EventHeap();
      const ran: { atMs: number; index: number }[] = [];
      times.forEach((atMs, index) => {
        heap.at(atMs, () => ran.push({ atMs: heap.nowMs, index }));
      });
      heap.runUntil(20);
      const expected = times.map((atMs, index) => ({ atMs, index }));
      expected.sort((a, b) => a.atMs - b.atMs || a.index - b.index);
      expect(ran).toEqual(expected);
    }),
  );
});

test("a cancelled call never runs", () => {
  const heap = new EventHeap();
  const ran: string[] = [];
  heap.at(1, () => ran.push("first"));
  heap.at(2, () => ran.push("cancelled")).cancel();
  heap.runUntil(3);
  expect(ran).toEqual(["first"]);
});

test("a call scheduled in the past by a running one runs now, and time never goes back", () => {
  const heap = new EventHeap();
  const seenMs: number[] = [];
  heap.at(10, () => heap.at(3, () => seenMs.push(heap.nowMs)));
  heap.runUntil(20);
  expect(seenMs).toEqual([10]);
  expect(heap.nowMs).toBe(20);
});
