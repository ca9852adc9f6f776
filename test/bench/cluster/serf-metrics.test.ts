import { expect, test } from "vitest";
import { parseSentInterval, trafficOf } from "../../../src/bench/cluster/serf/serf-metrics.ts";

const SENT =
  "[2026-11-22 22:06:40 +0000 UTC][C] 'serf-agent.memberlist.udp.sent': " +
  "Count: 12 Min: 59.000 Mean: 104.500 Max: 150.000 Stddev: 47.523 Sum: 1254.000 " +
  "LastUpdated: 2026-11-22 22:06:48.725085927 +0000 UTC m=+19.1";

const BEGIN_MS = Date.parse("2026-11-22T22:06:40Z");

test("the metrics tell the UDP payload of one interval", () => {
  const interval = { beginMs: BEGIN_MS, bytes: 1254, datagrams: 12 };
  expect(parseSentInterval(SENT)).toEqual(interval);
  const elsewhere = SENT.replace("22:06:40 +0000 UTC", "15:36:40 -0630 XXX");
  expect(parseSentInterval(elsewhere)).toEqual(interval);
});

test("a single datagram is told without its distribution", () => {
  const line =
    "[2026-11-22 22:06:40 +0000 UTC][C] 'serf-agent.memberlist.udp.sent': " +
    "Count: 1 Sum: 59.000 LastUpdated: x";
  expect(parseSentInterval(line)).toMatchObject({ bytes: 59, datagrams: 1 });
});

test("what is received, or sent over TCP, is not counted", () => {
  expect(parseSentInterval(SENT.replace("udp.sent", "udp.received"))).toBeUndefined();
  expect(parseSentInterval(SENT.replace("udp.sent", "tcp.sent"))).toBeUndefined();
});

test("traffic is the mean of the intervals that began in the time measured", () => {
  const intervals = [
    { beginMs: BEGIN_MS - 10_000, bytes: 9_999, datagrams: 99 },
    { beginMs: BEGIN_MS, bytes: 1_000, datagrams: 10 },
    { beginMs: BEGIN_MS + 10_000, bytes: 3_000, datagrams: 30 },
  ];
  expect(trafficOf(intervals, BEGIN_MS - 1)).toEqual({
    bytesPerSecond: 200,
    datagramsPerSecond: 2,
  });
  expect(trafficOf(intervals, BEGIN_MS + 10_001)).toBeUndefined();
});
