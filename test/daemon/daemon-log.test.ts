import { expect, test } from "vitest";
import type { EventBody } from "../../src/control/api-types.ts";
import { EventLog } from "../../src/control/event-log.ts";
import type { NodeEvent } from "../../src/core/effect.ts";
import { openDaemonLog } from "../../src/daemon/daemon-log.ts";

const CHANGE: NodeEvent = {
  kind: "member-changed",
  member: "n3",
  from: "alive",
  to: "suspect",
  incarnation: 7,
  by: "n1",
  cause: "silence",
  reason: "silent 1.9 s",
  phi: 8.25,
};

function bench(log: "text" | "json", logLevel: "debug" | "info" | "warn" | "error" = "info") {
  const lines: string[] = [];
  const sink = { dropped: 0, write: (line: string) => void lines.push(line) };
  const opened = openDaemonLog({ log, logLevel }, sink);
  const events = new EventLog();
  const tell = (event: NodeEvent): EventBody => {
    const body = events.append(event, new Date());
    opened.event(body);
    return body;
  };
  return { lines, log: opened, tell };
}

test("in JSON a change of a member's state is one flat object with an ISO time in ms", () => {
  const { lines, tell } = bench("json");
  tell(CHANGE);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      index: 1,
      event: "member-changed",
      member: "n3",
      from: "alive",
      to: "suspect",
      incarnation: 7,
      by: "n1",
      cause: "silence",
      reason: "silent 1.9 s",
      phi: 8.25,
    },
  ]);
});

test("each line ends with exactly one line break", () => {
  const { lines, tell, log } = bench("json");
  tell(CHANGE);
  log.note("info", "ready", "two\nlines");
  expect(lines.map((line) => line.match(/\n/g)?.length)).toEqual([1, 1]);
});

test("as text a change is one readable line", () => {
  const { lines, tell } = bench("text");
  tell(CHANGE);
  expect(lines[0]).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} {2}n3 {2}alive → suspect \(silent, inferred\) {2}by n1: silent 1\.9 s \(incarnation 7, phi 8\.3\)\n$/,
  );
});

test("as text a warning says that it is one", () => {
  const { lines, log } = bench("text");
  log.note("warn", "warning", "the receive buffer is small");
  expect(lines[0]).toMatch(
    / {2}warning: the receive buffer is small\n$| {2}warn: the receive buffer is small\n$/,
  );
});

test("what happens all the time is shown only at debug", () => {
  const probe: NodeEvent = { kind: "local-health-changed", score: 1 };
  const [quiet, curious] = [bench("json"), bench("json", "debug")];
  quiet.tell(probe);
  curious.tell(probe);
  expect([quiet.lines.length, curious.lines.length]).toEqual([0, 1]);
});

test("the level can be changed while running", () => {
  const { lines, log, tell } = bench("json", "error");
  tell(CHANGE);
  log.setLevel("info");
  tell(CHANGE);
  expect(lines.length).toBe(1);
});
