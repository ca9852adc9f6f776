import { expect, test } from "vitest";
import { formatEvent } from "../../../cli/format/events.ts";
import type { EventBody } from "../../../src/control/api-types.ts";
import { PLAIN } from "../plain.ts";

const EVENT: EventBody = {
  v: 1,
  index: 3,
  time: "2026-01-02T03:04:05.678",
  event: "member-changed",
  member: "n3",
  from: "alive",
  to: "suspect",
  incarnation: 4,
  by: "n2",
  cause: "silence",
  reason: "silent 1.9 s",
  phi: 8.24,
};

test("an event is a line with its local time, the change and the reason", () => {
  expect(formatEvent(PLAIN, EVENT)).toMatch(
    /^03:04:05\.678 {2}n3 {2}alive → suspect {2}by n2: silent 1\.9 s/,
  );
});

test("the state is painted where colour is wanted", () => {
  expect(formatEvent({ color: true, ascii: false }, EVENT)).toContain("→ \x1b[33msuspect\x1b[39m");
});

test("in ASCII the arrow is made of ASCII", () => {
  expect(formatEvent({ color: false, ascii: true }, EVENT)).toContain("alive -> suspect");
});
