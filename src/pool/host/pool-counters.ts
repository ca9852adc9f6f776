/** Packets and bytes of one kind. */
interface PacketCount {
  datagrams: number;
  bytes: number;
}

/** What a guest has moved since it started. Every number only grows. */
export class PoolCounters {
  /** By the kind of the first message in each packet. */
  readonly sent: Record<string, PacketCount> = {};
  readonly received: Record<string, PacketCount> = {};
  /** Packets and parts of packets that could not be read, by reason. */
  readonly dropped: Record<string, number> = {};
  readonly viewsFailed: Record<string, number> = {};
  viewsAsked = 0;
  refusals = 0;
  wakeups = 0;
  stalls = 0;

  count(way: "sent" | "received", kind: string, bytes: number): void {
    const entry = this[way][kind] ?? { datagrams: 0, bytes: 0 };
    this[way][kind] = entry;
    entry.datagrams++;
    entry.bytes += bytes;
  }

  drop(reason: string): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }
}
