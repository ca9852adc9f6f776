import type { Endpoint, MemberName, Millis } from "../core/member.ts";

/** Where a datagram goes. With `probeSeq` it is a ping to `member`, and a refusal of it should be reported. */
export interface Destination {
  readonly endpoint: Endpoint;
  readonly member?: MemberName;
  readonly probeSeq?: number;
}

/** What a transport delivers to. Neither call may throw. */
export interface TransportReceiver {
  onDatagram(datagram: Uint8Array, from: Endpoint): void;
  /** No process owns the port that the ping `probeSeq` (the newest transmitted before the report) went to. */
  onRefused(member: MemberName, probeSeq: number): void;
}

/** Unreliable datagrams. `send` never throws and reports nothing: what fails is counted by the transport. */
export interface Transport {
  listen(receiver: TransportReceiver): void;
  send(datagram: Uint8Array, to: Destination): void;
}

/** Time and turns of the event loop, real or virtual. */
export interface Clock {
  /** Monotonic. */
  nowMs(): Millis;
  /** Calls `wake` once at `atMs` or as soon after as it can; a later call replaces an earlier one. */
  wakeAt(atMs: Millis, wake: () => void): void;
  cancelWake(): void;
  /** Calls back after everything that is ready to be received now was delivered at least once. */
  nextTurn(callback: () => void): void;
}
