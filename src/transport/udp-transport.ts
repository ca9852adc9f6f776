import { ConfigError } from "../core/errors.ts";
import { type Endpoint, formatEndpoint, type MemberName, type Millis } from "../core/member.ts";
import type { Destination, Transport, TransportReceiver } from "../host/ports.ts";
import { codeOf, DatagramSocket } from "./datagram-socket.ts";
import { ProbeSockets } from "./probe-sockets.ts";
import { countError, countSendError, newUdpCounters, type UdpCounters } from "./udp-counters.ts";

/** How the transport is bound. */
export interface UdpTransportOptions {
  /** A numeric address of this machine or a wildcard; port 0 takes any free one. */
  readonly bind: Endpoint;
  /**
   * Asked for on every socket. The default of most systems loses a burst during a stall of a fifth
   * of a second.
   */
  readonly recvBufferBytes?: number;
  /** False: pings leave from the main socket too, and no refusal is ever reported. */
  readonly refusals?: boolean;
  readonly idleCloseMs?: Millis;
  /** Told once for each thing that works less well than it could. */
  readonly onWarning: (warning: string) => void;
}

const RECV_BUFFER_BYTES = 4 * 1024 * 1024;

/** Longer than the longest pause between two pings to a dead member. */
const IDLE_CLOSE_MS = 60_000;

const PORT_ZERO_TRIES = 8;

/**
 * Binds the gossip port. Rejects with a ConfigError that names the address and the remedy where
 * that is impossible.
 */
export async function openUdpTransport(options: UdpTransportOptions): Promise<UdpTransport> {
  for (let triesLeft = PORT_ZERO_TRIES; ; triesLeft--) {
    const local = await claimPort(options.bind);
    const transport = new UdpTransport(local, options);
    try {
      await transport.open();
      return transport;
    } catch (error) {
      await transport.close();
      // The system's choice may be taken by others in the instant between the two binds.
      if (options.bind.port !== 0 || triesLeft <= 1) throw bindError(local, error);
    }
  }
}

/**
 * Datagrams over UDP: a main socket for everything, and a connected one for the pings to each
 * subject, all on the same port. Open one with `openUdpTransport`.
 */
export class UdpTransport implements Transport {
  /** Where the gossip port is bound. */
  readonly local: Endpoint;
  readonly counters: UdpCounters = newUdpCounters();
  private readonly options: UdpTransportOptions;
  private readonly main: DatagramSocket;
  private readonly probes: ProbeSockets;
  private receiver: TransportReceiver | undefined;
  private grantedBytes = 0;
  private isClosed = false;

  constructor(local: Endpoint, options: UdpTransportOptions) {
    this.local = local;
    this.options = options;
    const onDatagram = (datagram: Uint8Array, from: Endpoint) => this.deliver(datagram, from);
    this.main = new DatagramSocket({
      bind: local,
      reuseAddr: true,
      onDatagram,
      onError: (code) => countError(this.counters.socketErrors, code),
    });
    this.probes = new ProbeSockets({
      local,
      recvBufferBytes: options.recvBufferBytes ?? RECV_BUFFER_BYTES,
      idleCloseMs: options.idleCloseMs ?? IDLE_CLOSE_MS,
      counters: this.counters,
      onDatagram,
      onRefused: (member, probeSeq) => this.deliverRefusal(member, probeSeq),
      sendUnconnected: (datagram, endpoint) => this.sendFromMain(datagram, endpoint),
      onWarning: options.onWarning,
    });
  }

  /**
   * Bytes of datagrams that the system keeps for the main socket while this process does not read.
   */
  get recvBufferBytes(): number {
    return this.grantedBytes;
  }

  /** Connected sockets open now. */
  get probeSockets(): number {
    return this.probes.size;
  }

  /** For `openUdpTransport` alone: binds the main socket, whose port is known to be free. */
  async open(): Promise<void> {
    await this.main.bind();
    const wanted = this.options.recvBufferBytes ?? RECV_BUFFER_BYTES;
    this.grantedBytes = this.main.growReceiveBuffer(wanted);
    if (this.grantedBytes >= wanted) return;
    this.options.onWarning(
      `the system grants a receive buffer of ${this.grantedBytes} bytes, not ${wanted}: bursts may ` +
        "be lost while this process is busy; raise net.core.rmem_max (sysctl) to at least that",
    );
  }

  listen(receiver: TransportReceiver): void {
    this.receiver = receiver;
  }

  send(datagram: Uint8Array, { endpoint, member, probeSeq }: Destination): void {
    if (this.isClosed) return;
    if (member === undefined || probeSeq === undefined || this.options.refusals === false) {
      this.sendFromMain(datagram, endpoint);
    } else this.probes.send(datagram, { endpoint, member, probeSeq });
  }

  /** Closes every socket. Idempotent; nothing is delivered afterwards. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([this.probes.close(), this.main.close()]);
  }

  private sendFromMain(datagram: Uint8Array, endpoint: Endpoint): void {
    if (this.isClosed) return;
    this.main.sendTo(endpoint, datagram, (code) => {
      if (code !== undefined && !this.isClosed) countSendError(this.counters, code);
    });
  }

  private deliver(datagram: Uint8Array, from: Endpoint): void {
    if (!this.isClosed) this.receiver?.onDatagram(datagram, from);
  }

  private deliverRefusal(member: MemberName, probeSeq: number): void {
    if (!this.isClosed) this.receiver?.onRefused(member, probeSeq);
  }
}

/**
 * Takes the port alone for a moment: only a socket that does not share it is told when it is taken,
 * since two daemons that both allow sharing would get the same port silently. It also turns port 0
 * into a number.
 */
async function claimPort(bind: Endpoint): Promise<Endpoint> {
  const claim = new DatagramSocket({
    bind,
    reuseAddr: false,
    onDatagram: () => undefined,
    onError: () => undefined,
  });
  try {
    return await claim.bind();
  } catch (error) {
    throw bindError(bind, error);
  } finally {
    await claim.close();
  }
}

function bindError(bind: Endpoint, error: unknown): ConfigError {
  const code = codeOf(error);
  const remedy =
    REMEDIES[code] ?? `the system says ${code}; choose another address with bind (host:port)`;
  return new ConfigError(`bind: ${formatEndpoint(bind)} cannot be used: ${remedy}`);
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE:
    "another process has that UDP port; end it, or choose another port with bind " +
    "(host:port, port 0 for any)",
  EADDRNOTAVAIL:
    "this machine has no such address; choose one that it has, such as 127.0.0.1, " +
    "with bind (host:port)",
  EACCES: "this user may not bind that port; choose one above 1023 with bind (host:port)",
};
