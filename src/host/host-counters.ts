import type { MessageKind } from "../core/message.ts";

/** Datagrams and bytes of one kind of message. */
export interface Traffic {
  datagrams: number;
  bytes: number;
}

/** What a host has moved since it started. Every number only grows. */
export interface HostCounters {
  readonly sent: Partial<Record<MessageKind, Traffic>>;
  readonly received: Partial<Record<MessageKind, Traffic>>;
  /** Datagrams that were no valid message of this cluster, by the reason of their WireError. */
  readonly dropped: Record<string, Traffic>;
  refusals: number;
  wakeups: number;
  /** Wakeups that came late enough to count as a stall of this process. */
  stalls: number;
}

/** Counters at zero. */
export function newHostCounters(): HostCounters {
  return { sent: {}, received: {}, dropped: {}, refusals: 0, wakeups: 0, stalls: 0 };
}

/** Adds one datagram of `kind`. */
export function countTraffic(
  traffic: Partial<Record<MessageKind, Traffic>>,
  kind: MessageKind,
  bytes: number,
): void {
  const entry = traffic[kind] ?? { datagrams: 0, bytes: 0 };
  traffic[kind] = entry;
  entry.datagrams++;
  entry.bytes += bytes;
}

/** Adds one datagram that was dropped for `reason`. */
export function countDropped(counters: HostCounters, reason: string, bytes: number): void {
  const entry = counters.dropped[reason] ?? { datagrams: 0, bytes: 0 };
  counters.dropped[reason] = entry;
  entry.datagrams++;
  entry.bytes += bytes;
}
