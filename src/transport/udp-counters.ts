/** What went wrong or was noteworthy on the sockets. Plain numbers that only grow. */
export interface UdpCounters {
  /** Datagrams that the system did not take, by error code. */
  readonly sendErrors: Record<string, number>;
  /** Errors reported by the sockets outside of any send, refusals excepted, by code. */
  readonly socketErrors: Record<string, number>;
  /** Refusals seen on probe sockets, reported or not. */
  refusals: number;
  /** Datagrams sent again because an earlier one's refusal had kept them from leaving. */
  repeated: number;
  probeSocketsOpened: number;
  /** Told of each datagram that the system did not take. */
  onSendError?: ((code: string) => void) | undefined;
}

/** Counters that have counted nothing yet. */
export function newUdpCounters(): UdpCounters {
  return { sendErrors: {}, socketErrors: {}, refusals: 0, repeated: 0, probeSocketsOpened: 0 };
}

/** Adds one to `code`. */
export function countError(errors: Record<string, number>, code: string): void {
  errors[code] = (errors[code] ?? 0) + 1;
}

/** A datagram was not taken. */
export function countSendError(counters: UdpCounters, code: string): void {
  countError(counters.sendErrors, code);
  counters.onSendError?.(code);
}
