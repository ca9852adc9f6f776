import type { Endpoint } from "../core/member.ts";
import { codeOf, DatagramSocket } from "./datagram-socket.ts";
import { countError, countSendError, type UdpCounters } from "./udp-counters.ts";

/** What a socket connected to one peer is made of. */
export interface ProbeSocketOptions {
  /** The gossip endpoint, shared with the main socket. */
  readonly local: Endpoint;
  readonly peer: Endpoint;
  readonly recvBufferBytes: number;
  readonly counters: UdpCounters;
  readonly onDatagram: (datagram: Uint8Array, from: Endpoint) => void;
  /** The peer's host refused; `probeSeq` is the newest ping that had left before the report. */
  readonly onRefused: (probeSeq: number) => void;
  /** The socket could not be made, and these datagrams did not leave. The socket is closed. */
  readonly onFailed: (
    step: "bind" | "connect",
    code: string,
    unsent: readonly Uint8Array[],
  ) => void;
}

interface Ping {
  readonly datagram: Uint8Array;
  readonly probeSeq: number;
}

/**
 * Pings that wait while the socket is being made; a handful of turns, so more than a few mean a
 * loop gone wild.
 */
const WAITING_MAX = 16;

const REFUSED = "ECONNREFUSED";

/**
 * A connected socket to one subject, on the gossip port. Being connected, it hears from the kernel
 * when the subject's host says that nobody owns the port.
 */
export class ProbeSocket {
  readonly peer: Endpoint;
  private readonly options: ProbeSocketOptions;
  private readonly socket: DatagramSocket;
  private state: "opening" | "ready" | "closed" = "opening";
  private waiting: Ping[] = [];
  private newestTransmitted: number | undefined;

  constructor(options: ProbeSocketOptions) {
    const { local, peer, onDatagram } = options;
    this.options = options;
    this.peer = peer;
    this.socket = new DatagramSocket({
      bind: local,
      reuseAddr: true,
      // Between bind and connect the kernel hands this socket strangers' datagrams too: they are as
      // good as any.
      onDatagram,
      onError: (code) => this.handleError(code),
    });
    void this.open();
  }

  send(datagram: Uint8Array, probeSeq: number): void {
    if (this.state === "closed") return;
    if (this.state === "ready") {
      this.transmit({ datagram, probeSeq }, true);
      return;
    }
    this.waiting.push({ datagram, probeSeq });
    if (this.waiting.length <= WAITING_MAX) return;
    this.waiting.shift();
    countSendError(this.options.counters, "EAGAIN");
  }

  async close(): Promise<void> {
    this.state = "closed";
    this.waiting = [];
    await this.socket.close();
  }

  private async open(): Promise<void> {
    let step: "bind" | "connect" = "bind";
    try {
      await this.socket.bind();
      step = "connect";
      this.socket.growReceiveBuffer(this.options.recvBufferBytes);
      await this.socket.connect(this.peer);
    } catch (error) {
      await this.fail(step, codeOf(error));
      return;
    }
    if (this.state === "closed") return;
    this.state = "ready";
    const { waiting } = this;
    this.waiting = [];
    for (const ping of waiting) this.transmit(ping, true);
  }

  private async fail(step: "bind" | "connect", code: string): Promise<void> {
    if (this.state === "closed") return;
    const unsent = this.waiting.map(({ datagram }) => datagram);
    const closed = this.close();
    this.options.onFailed(step, code, unsent);
    await closed;
  }

  private transmit(ping: Ping, mayRepeat: boolean): void {
    this.socket.sendConnected(ping.datagram, (code) => {
      if (this.state === "closed") return;
      if (code === undefined) this.newestTransmitted = ping.probeSeq;
      else this.handleUnsent(ping, code, mayRepeat);
    });
  }

  private handleUnsent(ping: Ping, code: string, mayRepeat: boolean): void {
    const { counters } = this.options;
    // A refusal speaks of what was sent before and takes this datagram's place: it never left.
    if (code === REFUSED) this.reportRefusal();
    if (code !== REFUSED || !mayRepeat || this.state === "closed") {
      countSendError(counters, code);
      return;
    }
    counters.repeated++;
    this.transmit(ping, false);
  }

  private handleError(code: string): void {
    if (code === REFUSED) this.reportRefusal();
    // What fails while opening is told by the bind or connect itself.
    else if (this.state === "ready") countError(this.options.counters.socketErrors, code);
  }

  private reportRefusal(): void {
    this.options.counters.refusals++;
    // The kernel also blames this socket for what the main one sent to the peer; without a ping
    // there is none to refuse.
    if (this.newestTransmitted !== undefined) this.options.onRefused(this.newestTransmitted);
  }
}
