/** What happened to wires, dials and strangers. Plain numbers that only grow. */
export interface WiringCounters {
  /** Wires of this node that opened. */
  opened: number;
  /** Wires of this node that did not open, by what came instead. */
  readonly failed: Record<string, number>;
  /** Dials by their outcome: `answered`, `refused`, `silent`, `not-made`, or an error code. */
  readonly dials: Record<string, number>;
  /** Wires of others that were accepted. */
  accepted: number;
  /** Connections of others that this node closed, by reason. */
  readonly turnedAway: Record<string, number>;
  /** Connections whose other end closed them without a word, as dials do. */
  wordless: number;
  /** Failures to accept a connection, or to listen, by error code. */
  readonly acceptErrors: Record<string, number>;
}

/** Counters that have counted nothing yet. */
export function newWiringCounters(): WiringCounters {
  return {
    opened: 0,
    failed: {},
    dials: {},
    accepted: 0,
    turnedAway: {},
    wordless: 0,
    acceptErrors: {},
  };
}

/** Adds one to `key`. */
export function countOne(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
