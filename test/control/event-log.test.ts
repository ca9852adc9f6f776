import { expect, test } from "vitest";
import { EventLog } from "../../src/control/event-log.ts";
import type { NodeEvent } from "../../src/core/effect.ts";
import { A_MOMENT, changed } from "./fake-node.ts";

function filled(count: number, capacity: number): EventLog {
  const log = new EventLog(capacity);
  for (let at = 1; at <= count; at++) log.append(changed(`n${at}`), A_MOMENT);
  return log;
}

test("an event keeps its fields and carries index, time and its kind as `event`", () => {
  expect(new EventLog().append(changed("n3"), A_MOMENT)).toEqual({
    v: 1,
    index: 1,
    time: "2026-11-22T21:56:53.954Z",
    event: "member-changed",
    member: "n3",
    from: "alive",
    to: "suspect",
    incarnation: 7,
    by: "n0",
    cause: "silence",
    reason: "silent 1.9 s",
    phi: 8.123,
  });
});

test("indices go on while the oldest events are dropped", () => {
  const log = filled(10, 4);
  expect([log.oldest, log.newest]).toEqual([7, 10]);
  expect(log.after(0, 100).map((event) => event.index)).toEqual([7, 8, 9, 10]);
});

test("reading goes on after an index, as much as was asked for", () => {
  expect(
    filled(10, 8)
      .after(5, 2)
      .map((event) => event.index),
  ).toEqual([6, 7]);
});

test("reading after the newest index gives nothing", () => {
  expect(filled(3, 8).after(3, 10)).toEqual([]);
});

test("an empty log holds nothing and has the next index as its oldest", () => {
  const log = new EventLog();
  expect([log.oldest, log.newest, log.after(0, 10)]).toEqual([1, 0, []]);
});

test("the newest events about a member come oldest first", () => {
  const log = filled(3, 8);
  log.append(changed("n2", "dead"), A_MOMENT);
  const found = log.newestAbout("n2", 20);
  expect(found.map((event) => event.index)).toEqual([2, 4]);
});

test("a name that JSON escapes is found, and another event that quotes it is not", () => {
  const name = '"member":"n2"';
  const log = filled(2, 8);
  log.append({ ...changed("n1"), reason: name } as NodeEvent, A_MOMENT);
  log.append(changed(name), A_MOMENT);
  expect(log.newestAbout(name, 20).map((event) => event.index)).toEqual([4]);
  expect(log.newestAbout("n2", 20).map((event) => event.index)).toEqual([2]);
});

test("a field inside another one is not the member", () => {
  const log = new EventLog();
  log.append({ ...changed("n1"), phi: { member: "n2" } } as unknown as NodeEvent, A_MOMENT);
  expect(log.newestAbout("n2", 20)).toEqual([]);
});

test("an event is what was appended, in any script", () => {
  const log = new EventLog();
  const body = log.append({ ...changed("n1"), reason: "Zürich 東京 🦊" } as NodeEvent, A_MOMENT);
  expect(log.after(0, 1)).toEqual([body]);
  expect(log.textsAfter(0, 1)).toEqual([JSON.stringify(body)]);
});

test("what a reader does to an event is not seen by the next one", () => {
  const log = filled(1, 8);
  Object.assign(log.after(0, 1)[0] ?? {}, { event: "left" });
  expect(log.after(0, 1)[0]?.event).toBe("member-changed");
});

test("a listener hears nothing after it unsubscribed", () => {
  const log = new EventLog();
  let heard = 0;
  const unsubscribe = log.subscribe(() => {
    heard += 1;
  });
  log.append(changed("n1"), A_MOMENT);
  unsubscribe();
  log.append(changed("n1"), A_MOMENT);
  expect(heard).toBe(1);
});
