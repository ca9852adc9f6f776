import type { Destination, Transport, TransportReceiver } from "../../../host/ports.ts";
import { Parcel } from "../baselines/parcel.ts";

/** What processes sent through their ports: the baselines send the segments of their streams there, too. */
export interface TrafficTally {
  datagrams: number;
  /** Segments of TCP. */
  segments: number;
  /** Payload of both. */
  bytes: number;
}

/** Counts what a process sends. */
export class BenchmarkPort implements Transport {
  private readonly inner: Transport;
  private readonly tally: TrafficTally;

  constructor(inner: Transport, tally: TrafficTally) {
    this.inner = inner;
    this.tally = tally;
  }

  send(datagram: Uint8Array, to: Destination): void {
    if (datagram instanceof Parcel && datagram.isSegment) this.tally.segments++;
    else this.tally.datagrams++;
    this.tally.bytes += datagram.length;
    this.inner.send(datagram, to);
  }

  listen(receiver: TransportReceiver): void {
    this.inner.listen(receiver);
  }
}
