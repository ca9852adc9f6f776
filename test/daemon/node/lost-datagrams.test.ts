import { expect, test, vi } from "vitest";
import type { DaemonEvent } from "../../../src/control/daemon-events.ts";
import type { NodeSnapshot } from "../../../src/core/snapshot.ts";
import {
  datagramAdmission,
  limitedDatagrams,
  sendFailures,
} from "../../../src/daemon/node/lost-datagrams.ts";
import { fakeTimeInEach } from "../../fake-time.ts";

fakeTimeInEach("performance");

test("the first datagram of a kind that the system refuses is told at once, then a minute's worth", () => {
  const told: DaemonEvent[] = [];
  const note = sendFailures((event) => told.push(event));
  for (let i = 0; i < 500; i++) note("EPERM");
  note("ENOBUFS");
  vi.advanceTimersByTime(60_000);
  note("EPERM");
  expect(told).toEqual([
    { kind: "send-failed", code: "EPERM", datagrams: 1 },
    { kind: "send-failed", code: "ENOBUFS", datagrams: 1 },
    { kind: "send-failed", code: "EPERM", datagrams: 500 },
  ]);
});

test("a refusal speaks of the peer, and is told elsewhere", () => {
  const told: DaemonEvent[] = [];
  sendFailures((event) => told.push(event))("ECONNREFUSED");
  expect(told).toEqual([]);
});

test("of a flood it is told where the newest came from, and how many were not read", () => {
  const told: DaemonEvent[] = [];
  const note = limitedDatagrams((event) => told.push(event));
  for (let port = 1; port <= 500; port++) note({ host: "10.6.6.6", port });
  vi.advanceTimersByTime(60_000);
  note({ host: "::1", port: 9 });
  expect(told).toEqual([
    { kind: "datagrams-limited", from: "10.6.6.6:1", datagrams: 1 },
    { kind: "datagrams-limited", from: "[::1]:9", datagrams: 500 },
  ]);
});

test("of an address where no member is so many datagrams are read at once, and the next one is told of", () => {
  const told: DaemonEvent[] = [];
  const admits = datagramAdmission(
    () => 0,
    () => ({ members: [] }) as unknown as NodeSnapshot,
    (event) => told.push(event),
  );
  const from = { host: "10.6.6.6", port: 1 };
  for (let count = 0; count < 4000; count++) expect(admits(from)).toBe(true);
  expect(told).toEqual([]);
  expect(admits(from)).toBe(false);
  expect(told).toEqual([{ kind: "datagrams-limited", from: "10.6.6.6:1", datagrams: 1 }]);
});

test("a member that is present is read beside a flood of its host, one that is dead is not", () => {
  const present = { host: "10.6.6.6", port: 7946 };
  const gone = { host: "10.6.6.6", port: 7947 };
  const members = [
    { state: "suspect", record: { endpoint: present } },
    { state: "dead", record: { endpoint: gone } },
  ];
  const admits = datagramAdmission(
    () => 0,
    () => ({ members }) as unknown as NodeSnapshot,
    () => undefined,
  );
  for (let count = 0; count < 4000; count++) admits({ host: "10.6.6.6", port: 666 });
  expect([admits(present), admits(gone)]).toEqual([true, false]);
});
