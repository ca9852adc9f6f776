import { expect, test, vi } from "vitest";
import type { DaemonEvent } from "../../../src/control/api-types.ts";
import { SendFailures } from "../../../src/daemon/node/send-failures.ts";
import { fakeTimeInEach } from "../../fake-time.ts";

fakeTimeInEach("performance");

test("the first datagram of a kind that the system refuses is told at once, then a minute's worth", () => {
  const told: DaemonEvent[] = [];
  const failures = new SendFailures((event) => told.push(event));
  for (let i = 0; i < 500; i++) failures.note("EPERM");
  failures.note("ENOBUFS");
  vi.advanceTimersByTime(60_000);
  failures.note("EPERM");
  expect(told).toEqual([
    { kind: "send-failed", code: "EPERM", datagrams: 1 },
    { kind: "send-failed", code: "ENOBUFS", datagrams: 1 },
    { kind: "send-failed", code: "EPERM", datagrams: 500 },
  ]);
});

test("a refusal speaks of the peer, and is told elsewhere", () => {
  const told: DaemonEvent[] = [];
  new SendFailures((event) => told.push(event)).note("ECONNREFUSED");
  expect(told).toEqual([]);
});
