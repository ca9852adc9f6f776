import type { WireTarget } from "../core/effect.ts";
import type { DialAnswer, WireEnd } from "../core/input.ts";
import type { Endpoint, MemberName, Millis, StartId } from "../core/member.ts";

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

/** What wires and spies report. No call may throw, and none may come within a call of the `Wiring`. */
export interface WiringReceiver {
  onWireOpened(member: MemberName, startId: StartId): void;
  /** A wire that was reported as open is no longer. One that this side closes is not reported. */
  onWireClosed(member: MemberName, startId: StartId, how: WireEnd): void;
  onDialled(member: MemberName, seq: number, answer: DialAnswer): void;
}

/** What the kernels at both ends tell by TCP, beside the datagrams. No call throws. */
export interface Wiring {
  listen(receiver: WiringReceiver): void;
  /**
   * Keeps an idle wire to each of these and to nobody else. What does not open, or closes, is
   * opened again with a back-off.
   */
  keep(to: readonly WireTarget[]): void;
  /** Sends a byte on the open wire to the member; nothing where there is none. */
  poke(member: MemberName): void;
  /** Connects to the member's port once, and closes. */
  dial(member: MemberName, endpoint: Endpoint, seq: number): void;
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
