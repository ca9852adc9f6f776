import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openDaemonLog } from "../../src/daemon/daemon-log.ts";
import { DescriptorSink } from "../../src/daemon/log-sink.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const LINES = 3000;
const line = (index: number): string => `${String(index).padStart(100, ".")}\n`;

/** A pipe whose reader reads when it is told to. */
function pipe() {
  const path = join(temporaryDirectory(), "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  onTestFinished(() => closeSync(reader));
  onTestFinished(() => closeSync(writer));
  const read = (): string => {
    const bytes = Buffer.alloc(1 << 20);
    return bytes.toString("utf8", 0, readSync(reader, bytes));
  };
  return { read, writer };
}

function sinkOn(fd: number): DescriptorSink {
  const sink = new DescriptorSink(fd);
  onTestFinished(() => sink.close());
  return sink;
}

describe("a pipe that nobody reads", () => {
  test("holds nobody up: what does not fit is dropped and counted, and what comes out is whole", () => {
    const { read, writer } = pipe();
    const sink = sinkOn(writer);
    for (let index = 0; index < LINES; index++) sink.write(line(index));
    expect(sink.dropped).toBeGreaterThan(LINES / 2);
    const first = read();
    sink.write(line(LINES));
    const got = (first + read()).split("\n").slice(0, -1);
    const whole = got.map((text) => Number(text.replaceAll(".", "")));
    expect(got.length).toBe(LINES + 1 - sink.dropped);
    expect(whole).toEqual([...Array.from({ length: got.length - 1 }, (_, index) => index), LINES]);
  });

  test("gets a long line whole, of which it took only a part at first", () => {
    const { read, writer } = pipe();
    const sink = sinkOn(writer);
    const long = `${"x".repeat(9999)}\n`;
    for (let index = 0; index < 100; index++) sink.write(long);
    let got = read();
    sink.write("end\n");
    got += read();
    const lines = got.split("\n").slice(0, -1);
    expect(lines.at(-1)).toBe("end");
    expect(new Set(lines.slice(0, -1).map(({ length }) => length))).toEqual(new Set([9999]));
    expect(lines).toHaveLength(101 - sink.dropped);
  });

  test("leaves the mode of the descriptor alone, which other processes share", () => {
    const { writer } = pipe();
    sinkOn(writer);
    const flags = readFileSync(`/proc/self/fdinfo/${writer}`, "utf8").match(/flags:\s*(\d+)/)?.[1];
    expect(Number.parseInt(flags ?? "", 8) & constants.O_NONBLOCK).toBe(0);
  });

  test("is told of in the log as soon as somebody reads again", () => {
    const { read, writer } = pipe();
    const sink = sinkOn(writer);
    const log = openDaemonLog({ log: "json", logLevel: "info" }, sink);
    for (let index = 0; index < LINES; index++) log.note("info", "note", `note ${index}`);
    const lost = log.dropped ?? 0;
    expect(lost).toBeGreaterThan(0);
    read();
    log.note("info", "note", "once more");
    log.note("info", "note", "and again");
    const told = read().trimEnd().split("\n").slice(-3);
    expect(told.map((text) => JSON.parse(text))).toMatchObject([
      { message: "once more" },
      { event: "log-lines-dropped", level: "warn", dropped: lost },
      { message: "and again" },
    ]);
  });
});

test("a pipe whose reader has gone ends the log, not the process", () => {
  const path = join(temporaryDirectory(), "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  onTestFinished(() => closeSync(writer));
  const sink = sinkOn(writer);
  closeSync(reader);
  sink.write(line(1));
  expect(sink.dropped).toBe(1);
});

test("a file gets every line", () => {
  const path = join(temporaryDirectory(), "log");
  writeFileSync(path, "");
  const fd = openSync(path, "a");
  onTestFinished(() => closeSync(fd));
  const sink = sinkOn(fd);
  for (let index = 0; index < LINES; index++) sink.write(line(index));
  expect(sink.dropped).toBe(0);
  expect(readFileSync(path, "utf8").split("\n")).toHaveLength(LINES + 1);
});
