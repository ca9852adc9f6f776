import { expect, test } from "vitest";
import { NodeTimers } from "../../../src/bench/detector/baselines/node-timers.ts";
import { EventHeap } from "../../../src/sim/event-heap.ts";
import { VirtualClock } from "../../../src/sim/virtual-clock.ts";

test("a ticker of any interval fires once at each of its times", () => {
  for (let interval = 20; interval < 200; interval += 0.7351) {
    const heap = new EventHeap();
    const timers = new NodeTimers(new VirtualClock(heap));
    const firstMs = interval / 3;
    let fired = 0;
    timers.every(interval, firstMs, () => {
      fired++;
      // Else one that stays where it is would never let go.
      if (fired > 60_000 / interval + 2) throw new Error(`${interval} ms: fires without an end`);
    });
    heap.runUntil(60_000);
    expect(Math.abs(fired - (60_000 - firstMs) / interval)).toBeLessThan(1.1);
  }
});

test("a ticker of a process that stood still skips what it missed", () => {
  const heap = new EventHeap();
  const clock = new VirtualClock(heap);
  const firedMs: number[] = [];
  new NodeTimers(clock).every(100, 0, () => firedMs.push(heap.nowMs));
  heap.runUntil(50);
  clock.freeze();
  heap.runUntil(450);
  clock.thaw();
  heap.runUntil(650);
  expect(firedMs).toEqual([0, 450, 500, 600]);
});
