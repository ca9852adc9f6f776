import { expect, test } from "vitest";
import { formatLiveFrame } from "../../../cli/demo/live-frame.ts";
import { PLAIN } from "../../../cli/format/text-style.ts";
import type { EventBody } from "../../../src/control/api-types.ts";
import { memberBody, membersBody } from "../format/bodies.ts";

const EVENTS = Array.from(
  { length: 30 },
  (_, at): EventBody => ({
    v: 1,
    index: at + 1,
    time: "2026-01-02T03:04:05.678",
    event: "stalled",
    stalledMs: at,
  }),
);

const PICTURE = {
  body: membersBody([memberBody("n1"), memberBody("n2")]),
  phiSuspect: 8,
  selected: "n2",
  events: EVENTS,
  notice: "n2 is killed",
};

test("the frame fills the terminal to its last row but one, with the newest events", () => {
  const lines = formatLiveFrame(PLAIN, PICTURE, { columns: 80, rows: 20 });
  expect(lines).toHaveLength(19);
  expect(lines.filter((line) => line.includes("did not run"))).toHaveLength(19 - 9);
});

test("on a low terminal the events give way, the members and the keys stay", () => {
  const lines = formatLiveFrame(PLAIN, PICTURE, { columns: 80, rows: 6 });
  expect(lines.some((line) => line.includes("did not run"))).toBe(false);
  expect(lines.at(-1)).toContain("q quit");
});

test("the member that the keys act on is marked", () => {
  const lines = formatLiveFrame(PLAIN, PICTURE, { columns: 80, rows: 20 });
  expect(lines.filter((line) => line.startsWith("> "))).toEqual([expect.stringContaining("> n2 ")]);
});

test("before the first answer the frame says what it waits for", () => {
  const picture = { ...PICTURE, body: undefined, notice: "waiting" };
  expect(formatLiveFrame(PLAIN, picture, { columns: 80, rows: 20 })).toContain("waiting");
});
