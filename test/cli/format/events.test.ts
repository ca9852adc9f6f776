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
    /^03:04:05\.678 {2}n3 {2}alive → suspect \(silent, inferred\) {2}by n2: silent 1\.9 s/,
  );
});

test("a change says the kind of the silence and how certain it is", () => {
  const frozen = { ...EVENT, cause: "frozen", reason: "its host answers, it does not" } as const;
  expect(formatEvent(PLAIN, frozen)).toContain(
    "alive → suspect (frozen, a fact)  by n2: its host answers, it does not",
  );
  const back = { ...EVENT, from: "suspect", to: "alive", cause: "refuted" } as const;
  expect(formatEvent(PLAIN, back)).toContain("suspect → alive  by n2");
});

test("an accusation says the same", () => {
  const accused = { event: "accused", member: "n3", accuser: "n2", incarnation: 4 } as const;
  const at = { v: 1, index: 4, time: EVENT.time } as const;
  const line = formatEvent(PLAIN, { ...at, ...accused, evidence: "unreachable", phi: 8.24 });
  expect(line).toMatch(/n3 {2}accused by n2: unreachable, inferred, phi 8\.2$/);
});

test("the state is painted where colour is wanted", () => {
  expect(formatEvent({ color: true, ascii: false }, EVENT)).toContain("→ \x1b[33msuspect\x1b[39m");
});

test("in ASCII the arrow is made of ASCII", () => {
  expect(formatEvent({ color: false, ascii: true }, EVENT)).toContain("alive -> suspect");
});
