import { expect, test, vi } from "vitest";
import type { NodeEvent } from "../../../src/core/effect.ts";
import { EventRouter, type EventRouterOptions } from "../../../src/daemon/node/event-router.ts";
import { fakeTimeInEach } from "../../fake-time.ts";

fakeTimeInEach("performance");

const REFUTED = { kind: "refuted", incarnation: 8 } as NodeEvent;

/** A watch on a node, and how often the daemon was told that the others accuse it. */
function watch() {
  const oftenAccused = vi.fn();
  const ignore = () => undefined;
  const options = {
    name: "n0",
    log: { event: ignore, note: ignore, setLevel: ignore },
    ...{
      views: { accept: ignore },
      directory: { accept: ignore },
      coordinator: { accept: ignore },
    },
    reactions: { incarnationRaised: ignore, oftenAccused, membersChanged: ignore },
  };
  const router = new EventRouter(options as unknown as EventRouterOptions);
  const { accept } = router;
  const refuteAfter = (...pausesMs: readonly number[]) => {
    for (const pauseMs of pausesMs) {
      vi.advanceTimersByTime(pauseMs);
      accept(REFUTED);
    }
    return oftenAccused.mock.calls.length;
  };
  return { refuteAfter, router };
}

test("a node that refutes for the third time within a minute is told so, once", () => {
  const { refuteAfter } = watch();
  expect(refuteAfter(0, 20_000)).toBe(0);
  expect(refuteAfter(20_000)).toBe(1);
  expect(refuteAfter(1000, 1000, 1000)).toBe(1);
});

test("an accusation now and then is nothing to tell", () => {
  expect(watch().refuteAfter(0, 40_000, 40_000, 40_000, 40_000)).toBe(0);
});

test("changes are counted by their cause, and accusations by what they say", () => {
  const { router } = watch();
  const change = { kind: "member-changed", member: "n1", from: "alive", to: "suspect" };
  for (const cause of ["frozen", "silence", "frozen"]) {
    router.accept({ ...change, cause } as NodeEvent);
  }
  for (const evidence of ["crashed", "crashed", "refused"]) {
    router.accept({ kind: "accused", member: "n1", evidence } as NodeEvent);
  }
  const [from, to] = ["alive", "suspect"];
  expect(router.transitionCounts()).toEqual([
    { from, to, cause: "frozen", count: 2 },
    { from, to, cause: "silence", count: 1 },
  ]);
  expect([...router.accusationCounts()]).toEqual([
    ["crashed", 2],
    ["refused", 1],
  ]);
});
