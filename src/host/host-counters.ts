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

/** All kinds together. */
export function totalOf(traffic: HostCounters["sent"]): Readonly<Traffic> {
  const total = { datagrams: 0, bytes: 0 };
  for (const { datagrams, bytes } of Object.values(traffic)) {
    total.datagrams += datagrams;
    total.bytes += bytes;
  }
  return total;
}

/** Counters at zero. */
export function newHostCounters(): HostCounters {
  return { sent: {}, received: {}, dropped: {}, refusals: 0, wakeups: 0, stalls: 0 };
}

/** Adds one datagram of `kind`, or one that was dropped for that reason. */
export function countTraffic<K extends string>(
  traffic: Partial<Record<K, Traffic>>,
  kind: K,
  bytes: number,
): void {
  const entry = traffic[kind] ?? { datagrams: 0, bytes: 0 };
  traffic[kind] = entry;
  entry.datagrams++;
  entry.bytes += bytes;
}
