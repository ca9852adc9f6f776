import { expect, test } from "vitest";
import { SystemClock } from "../../src/daemon/system-clock.ts";

test("a wakeup never comes early", async () => {
  const clock = new SystemClock();
  for (const delayMs of [0, 0.3, 1.7, 12.9]) {
    const atMs = clock.nowMs() + delayMs;
    await new Promise<void>((resolve) => clock.wakeAt(atMs, resolve));
    expect(clock.nowMs()).toBeGreaterThanOrEqual(atMs);
  }
});

test("a later call replaces an earlier one, and a cancelled wakeup does not come", async () => {
  const clock = new SystemClock();
  const other = new SystemClock();
  const woken: string[] = [];
  clock.wakeAt(clock.nowMs() + 1, () => woken.push("replaced"));
  clock.wakeAt(clock.nowMs() + 2, () => woken.push("cancelled"));
  clock.cancelWake();
  await new Promise<void>((resolve) => other.wakeAt(other.nowMs() + 20, resolve));
  expect(woken).toEqual([]);
});

test("a wakeup further off than a Node timer reaches does not come at once", async () => {
  const clock = new SystemClock();
  const woken: string[] = [];
  clock.wakeAt(clock.nowMs() + 2 ** 40, () => woken.push("far"));
  await new Promise<void>((resolve) => clock.nextTurn(() => clock.nextTurn(resolve)));
  clock.cancelWake();
  expect(woken).toEqual([]);
});
