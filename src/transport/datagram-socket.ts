import { DgramAsPromised, type SocketAsPromised } from "dgram-as-promised";
import type { Endpoint } from "../core/member.ts";

/** How a socket is bound, and where its datagrams and errors go. */
export interface DatagramSocketOptions {
  /** Decides the family of the socket. */
  readonly bind: Endpoint;
  /** Lets further sockets of this process bind the same port. */
  readonly reuseAddr: boolean;
  readonly onDatagram: (datagram: Uint8Array, from: Endpoint) => void;
  /** Called with the error's code, such as `ECONNREFUSED` on a connected socket. */
  readonly onError: (code: string) => void;
}

/**
 * One UDP socket. Hosts are numeric; an IPv6 socket speaks to IPv4 endpoints by their mapped
 * addresses.
 */
export class DatagramSocket {
  private readonly bindTo: Endpoint;
  private readonly wrapped: SocketAsPromised;
  private isOpen = true;

  constructor({ bind, reuseAddr, onDatagram, onError }: DatagramSocketOptions) {
    this.bindTo = bind;
    this.wrapped = DgramAsPromised.createSocket(
      { type: isV6(bind.host) ? "udp6" : "udp4", reuseAddr, lookup: acceptNumericHost },
      // The callback form: the promised `recv` listens only while it is awaited and loses bursts.
      (datagram, { address, port }) => {
        if (this.isOpen) onDatagram(datagram, { host: unmapped(address), port });
      },
    );
    // Forgets the wrapper's own error listener, which would fail the next, unrelated send with an
    // old error.
    this.wrapped.destroy();
    this.wrapped.socket.on("error", (error) => {
      if (this.isOpen) onError(codeOf(error));
    });
  }

  /** Takes the port; rejects with the system's error. */
  async bind(): Promise<Endpoint> {
    const { host, port } = this.bindTo;
    const bound = await this.wrapped.bind({ address: host, port, exclusive: true });
    return { host: unmapped(bound.address), port: bound.port };
  }

  /**
   * From now on datagrams of this peer come here, and refusals of its host are reported as errors.
   */
  connect(peer: Endpoint): Promise<void> {
    const { socket } = this.wrapped;
    return new Promise((resolve, reject) => {
      socket.connect(peer.port, this.addressFor(peer), (error?: Error) => {
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
    });
  }

  /**
   * `onSent` hears the error's code, or undefined when the kernel took the datagram. Only for
   * unconnected sockets.
   */
  sendTo(peer: Endpoint, datagram: Uint8Array, onSent: (code: string | undefined) => void): void {
    // Without the wrapper's promise, which would be a tenth of the work that a crash makes.
    const address = this.addressFor(peer);
    attempt(onSent, (done) =>
      this.wrapped.socket.send(datagram, 0, datagram.length, peer.port, address, done),
    );
  }

  /** The same over a connected socket. `onSent` is called before anything else is received. */
  sendConnected(datagram: Uint8Array, onSent: (code: string | undefined) => void): void {
    attempt(onSent, (done) => this.wrapped.socket.send(datagram, 0, datagram.length, done));
  }

  /** Asks for a receive buffer and returns what was granted, in the same measure. */
  growReceiveBuffer(bytes: number): number {
    try {
      this.wrapped.setRecvBufferSize(bytes);
    } catch {
      // Refused outright (some systems do, instead of capping): what there is must do.
    }
    const granted = this.wrapped.getRecvBufferSize();
    // Linux doubles what it is asked for, to have room for its own bookkeeping, and reports the
    // double.
    return process.platform === "linux" ? granted / 2 : granted;
  }

  /** Idempotent; nothing is delivered or reported afterwards. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    await this.wrapped.close();
  }

  private addressFor(peer: Endpoint): string {
    const needsMapping = isV6(this.bindTo.host) && !isV6(peer.host);
    return needsMapping ? `::ffff:${peer.host}` : peer.host;
  }
}

/** The code of a system error, or the name of any other. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "UNKNOWN";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function attempt(
  onSent: (code: string | undefined) => void,
  send: (done: (error: Error | null) => void) => void,
): void {
  try {
    send((error) => onSent(error === null ? undefined : codeOf(error)));
  } catch (error) {
    onSent(codeOf(error));
  }
}

/**
 * Endpoints are numeric, so there is nothing to look up: this saves a turn and can never ask a name
 * server. What is not numeric the system refuses.
 */
function acceptNumericHost(
  host: string,
  _options: unknown,
  callback: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  callback(null, host, isV6(host) ? 6 : 4);
}

/** Node's own test is a long regular expression; this is asked for each datagram. */
function isV6(numericHost: string): boolean {
  return numericHost.includes(":");
}

function unmapped(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
