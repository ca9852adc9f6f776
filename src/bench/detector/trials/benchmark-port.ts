import type { Endpoint } from "../../../core/member.ts";
import { chance, type Rng } from "../../../core/primitives/rng.ts";
import type { Destination, Transport, TransportReceiver } from "../../../host/ports.ts";

/** Payload sent, by datagrams and by a baseline's streams alike. */
export interface TrafficTally {
  datagrams: number;
  bytes: number;
}

/** Counts what a process sends, and loses a share of what passes one way or the other. */
export class BenchmarkPort implements Transport {
  /** The share lost of what the process sends. */
  egressLoss = 0;
  /** The share lost of what it is sent. */
  ingressLoss = 0;

  private readonly inner: Transport;
  private readonly rng: Rng;
  private readonly tally: TrafficTally;

  constructor(inner: Transport, rng: Rng, tally: TrafficTally) {
    this.inner = inner;
    this.rng = rng;
    this.tally = tally;
  }

  send(datagram: Uint8Array, to: Destination): void {
    this.tally.datagrams++;
    this.tally.bytes += datagram.length;
    if (!this.isLost(this.egressLoss)) this.inner.send(datagram, to);
  }

  listen(receiver: TransportReceiver): void {
    this.inner.listen({
      onDatagram: (datagram: Uint8Array, from: Endpoint) => {
        if (!this.isLost(this.ingressLoss)) receiver.onDatagram(datagram, from);
      },
      onRefused: (member, seq) => {
        if (!this.isLost(this.ingressLoss)) receiver.onRefused(member, seq);
      },
    });
  }

  private isLost(share: number): boolean {
    return share > 0 && chance(this.rng, share);
  }
}
