import { expect, test, vi } from "vitest";
import { FrameSink } from "../../../../cli/dashboard/sink/frame-sink.ts";
import { fakeTimeInEach } from "../../../fake-time.ts";

fakeTimeInEach();

function openSink(rows = 4) {
  const written: string[] = [];
  const sink = new FrameSink({
    size: { columns: 10, rows },
    linesOf: (frame) => frame.split("\n"),
    write: (text) => written.push(text),
  });
  const show = (frame: string) => {
    sink.write(frame);
    vi.advanceTimersByTime(50);
  };
  return { sink, written, show };
}

test("the first frame is painted whole, inside synchronized-output marks", () => {
  const { written, show } = openSink();
  show("a\nb");
  expect(written).toEqual([
    "\x1b[?2026h\x1b[2J\x1b[1;1H\x1b[2Ka\x1b[0m\x1b[2;1H\x1b[2Kb\x1b[0m\x1b[?2026l",
  ]);
});

test("of later frames only the lines that changed are written, each to its place", () => {
  const { written, show } = openSink();
  show("a\nb\nc");
  show("a\nB\nc");
  expect(written[1]).toBe("\x1b[?2026h\x1b[2;1H\x1b[2KB\x1b[0m\x1b[?2026l");
});

test("an equal frame writes nothing", () => {
  const { written, show } = openSink();
  show("a");
  show("a");
  expect(written).toHaveLength(1);
});

test("lines that a shorter frame lacks are erased", () => {
  const { written, show } = openSink();
  show("a\nb");
  show("a");
  expect(written[1]).toContain("\x1b[2;1H\x1b[2K");
});

test("at most twenty frames a second are shown, and the last one is among them", () => {
  const { sink, written } = openSink();
  for (let at = 0; at < 1000; at++) {
    sink.write(`frame ${at}`);
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(50);
  expect(written.length).toBeLessThanOrEqual(21);
  expect(written.at(-1)).toContain("frame 999");
});

test("after a resize the next frame is painted whole, and what was owed at the old size never", () => {
  const { sink, written, show } = openSink(4);
  show("a\nb\nc\nd");
  sink.write("A\nB\nC\nD");
  sink.resize({ columns: 10, rows: 2 });
  vi.advanceTimersByTime(100);
  expect(written).toHaveLength(1);
  show("x\ny");
  expect(written[1]).toContain("\x1b[2J");
  show("x\nz");
  expect(written[2]).toBe("\x1b[?2026h\x1b[2;1H\x1b[2Kz\x1b[0m\x1b[?2026l");
});

test("a frame never has more lines than the terminal", () => {
  const { written, show } = openSink(2);
  show("a\nb\nc");
  expect(written[0]).not.toContain("\x1b[3;1H");
});

test("closing shows what is owed, and nothing after", () => {
  const { sink, written } = openSink();
  sink.write("last");
  sink.close();
  sink.write("late");
  vi.advanceTimersByTime(100);
  expect(written).toHaveLength(1);
  expect(written[0]).toContain("last");
});
