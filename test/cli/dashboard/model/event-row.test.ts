import { expect, test } from "vitest";
import { eventRow, timeline } from "../../../../cli/dashboard/model/event-row.ts";
import type { EventBody } from "../../../../src/control/api-types.ts";
import { changedEvent } from "../states.ts";

const base = { v: 1, index: 1, time: "2026-11-26T12:04:29.812Z" } as const;

test("a change tells who said so and why, with phi before the long number", () => {
  const row = eventRow(changedEvent("n3", "suspect", { phi: 8.26 }));
  expect(row).toMatchObject({
    subject: "n3",
    text: "alive → suspect (silent, inferred)  by n2: silent, φ 8.3, incarnation 1795384783",
    tone: "suspect",
  });
});

test("other events are told in the words of the log, their member apart", () => {
  const event: EventBody = { ...base, event: "suspicion-cleared", member: "n3", cause: "heard" };
  expect(eventRow(event)).toMatchObject({ subject: "n3", text: "suspicion cleared: heard" });
});

test("what is about the node itself has no member", () => {
  const event: EventBody = { ...base, event: "isolated-changed", isolated: true, silentMs: 2000 };
  expect(eventRow(event)).toMatchObject({ subject: "--", tone: "warning" });
});

test("short stalls and syncs are left out of the timeline, long stalls are not", () => {
  const stall = (stalledMs: number): EventBody => ({ ...base, event: "stalled", stalledMs });
  const sync: EventBody = {
    ...base,
    event: "sync-finished",
    peer: "n2",
    outcome: "done",
    received: 1,
    pushed: 0,
  };
  expect(timeline([stall(60), sync, stall(400)])).toEqual([stall(400)]);
});
