import { expect, onTestFinished, test, vi } from "vitest";
import type { DaemonEvent, Shortage } from "../../src/control/daemon-events.ts";
import { ShortageWatch } from "../../src/daemon/shortage-watch.ts";
import { eventText } from "../../src/events/events.ts";
import { fakeTimeInEach } from "../fake-time.ts";

fakeTimeInEach("setInterval", "clearInterval", "performance");

/** A watch of a process that is short of what the test says. */
function open() {
  const short = new Map<Shortage, number | null>();
  const told: DaemonEvent[] = [];
  const watch = new ShortageWatch(() => new Map(short));
  watch.start((event) => told.push(event));
  onTestFinished(() => watch.close());
  return { watch, told, short };
}

test("a shortage is told at once, then once a minute while it lasts, and each look is counted", () => {
  const { watch, told, short } = open();
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([]);
  short.set("files", null);
  vi.advanceTimersByTime(62_000);
  short.clear();
  vi.advanceTimersByTime(300_000);
  const event = { kind: "running-short", resource: "files", maxBytes: null };
  expect(told).toEqual([
    { ...event, looks: 1 },
    { ...event, looks: 60 },
  ]);
  expect(watch.counts).toEqual({ files: 62, heap: 0, memory: 0 });
});

test.each([
  ["files", null, /no more files .* closed at once; raise the limit \(ulimit -n, LimitNOFILE\)/],
  ["heap", 64 * 1024 ** 2, /of 64 MiB.* the process ends; .*max-old-space-size.* --members-max/],
  ["memory", 256 * 1024 ** 2, /256 MiB.* the kernel ends the process; allow more, or/],
] as const)("a shortage of %s is told with what to do", (resource, maxBytes, line) => {
  const { told, short } = open();
  short.set(resource, maxBytes);
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([{ kind: "running-short", resource, maxBytes, looks: 1 }]);
  expect(eventText({ event: "running-short", resource, maxBytes, looks: 1 })).toMatch(line);
});

test("a process that has enough of everything is short of nothing", () => {
  const watch = new ShortageWatch();
  watch.start(() => expect.unreachable("it is short of something"));
  vi.advanceTimersByTime(3000);
  watch.close();
  expect(watch.counts).toEqual({ files: 0, heap: 0, memory: 0 });
});
