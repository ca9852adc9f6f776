import { expect, test } from "vitest";
import {
  boundAddressesOf,
  messageOf,
  parseLogLine,
} from "../../../src/cluster/process/log-line.ts";

const TIME = "2026-01-02T03:04:05.678Z";

function line(fields: Record<string, unknown>) {
  const parsed = parseLogLine(JSON.stringify({ time: TIME, ...fields }));
  if (parsed === undefined) throw new Error("the line was not read");
  return parsed;
}

test("a line of the log gives its event", () => {
  expect(line({ event: "stalled" }).event).toBe("stalled");
});

test.each(["", "Error: crashed", "null", "7", "{}", '{"time":"yesterday"}'])(
  "%j is no line of the log",
  (text) => {
    expect(parseLogLine(text)).toBeUndefined();
  },
);

test("only a ready line tells the bound addresses", () => {
  const bound = { address: "127.0.0.1:1", api: "127.0.0.1:2" };
  expect(boundAddressesOf(line({ event: "ready", ...bound }))).toEqual(bound);
  expect(boundAddressesOf(line({ event: "joined", ...bound }))).toBeUndefined();
});

test("the last words of a process are its message, or its text without our name", () => {
  expect(messageOf(JSON.stringify({ time: TIME, message: "port in use" }))).toBe("port in use");
  expect(messageOf("hearsay: port in use")).toBe("port in use");
});
