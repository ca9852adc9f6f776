import type { TrafficRate } from "../candidate.ts";

/** Serf adds up its metrics over intervals of this length, and keeps the last six. */
const INTERVAL_MS = 10_000;

/** What one agent sent in one interval. */
export interface SentInterval {
  /** Wall clock at its begin. */
  readonly beginMs: number;
  readonly bytes: number;
  readonly datagrams: number;
}

/** Such as `[2026-11-22 22:06:40 +0000 UTC][C] '….memberlist.udp.sent': Count: 12 … Sum: 1254.000`. */
const INTERVAL_BEGIN = /^\[(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d{4})[^\]]*\]/;
const SENT = /\[C\] '[^']*\.memberlist\.udp\.sent': Count: (\d+) .*?Sum: ([\d.]+)/;

/**
 * The UDP payload that a line of the metrics tells (an agent prints them on SIGUSR1), if it tells
 * that.
 */
export function parseSentInterval(text: string): SentInterval | undefined {
  const [, datagrams, bytes] = SENT.exec(text) ?? [];
  const [, date, time, zone = ""] = INTERVAL_BEGIN.exec(text) ?? [];
  if (datagrams === undefined || date === undefined) return undefined;
  const beginMs = Date.parse(`${date}T${time}${zone.slice(0, 3)}:${zone.slice(3)}`);
  return { beginMs, bytes: Number(bytes), datagrams: Number(datagrams) };
}

/** The mean over the intervals that began after `sinceMs`; undefined without one. */
export function trafficOf(
  intervals: readonly SentInterval[],
  sinceMs: number,
): TrafficRate | undefined {
  const whole = intervals.filter(({ beginMs }) => beginMs >= sinceMs);
  if (whole.length === 0) return undefined;
  const seconds = (whole.length * INTERVAL_MS) / 1_000;
  const sum = (read: (interval: SentInterval) => number) =>
    whole.reduce((total, interval) => total + read(interval), 0);
  return {
    bytesPerSecond: sum(({ bytes }) => bytes) / seconds,
    datagramsPerSecond: sum(({ datagrams }) => datagrams) / seconds,
  };
}
