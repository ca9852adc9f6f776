import { type Endpoint, type MemberName, type Millis, sameEndpoint } from "../core/member.ts";
import { ProbeSocket } from "./probe-socket.ts";
import { countError, type UdpCounters } from "./udp-counters.ts";

/** What the probe sockets of a node share. */
export interface ProbeSocketsOptions {
  readonly local: Endpoint;
  readonly recvBufferBytes: number;
  /** A socket that sent no ping for so long is closed. */
  readonly idleCloseMs: Millis;
  readonly counters: UdpCounters;
  readonly onDatagram: (datagram: Uint8Array, from: Endpoint) => void;
  readonly onRefused: (member: MemberName, probeSeq: number) => void;
  /** Sends from the main socket: the way out where a connected one cannot be had. */
  readonly sendUnconnected: (datagram: Uint8Array, endpoint: Endpoint) => void;
  readonly onWarning: (warning: string) => void;
}

/** A ping on its way to a member. */
export interface ProbeDestination {
  readonly endpoint: Endpoint;
  readonly member: MemberName;
  readonly probeSeq: number;
}

/** Far above the subjects a node watches; the least recently used socket makes room. */
const SOCKETS_MAX = 256;

/** After a refused bind, pings leave from the main socket for so long before another is tried. */
const REBIND_AFTER_MS = 60_000;

/** One connected socket per subject, made on its first ping and replaced when the subject moves. */
export class ProbeSockets {
  private readonly options: ProbeSocketsOptions;
  /** Least recently used first. */
  private readonly sockets = new Map<MemberName, { socket: ProbeSocket; usedAtMs: Millis }>();
  private readonly sweeper: NodeJS.Timeout;
  private offUntilMs = Number.NEGATIVE_INFINITY;
  private hasWarned = false;
  private isClosed = false;

  constructor(options: ProbeSocketsOptions) {
    this.options = options;
    this.sweeper = setInterval(() => this.closeIdle(), options.idleCloseMs / 2).unref();
  }

  /** Sockets open now. */
  get size(): number {
    return this.sockets.size;
  }

  send(datagram: Uint8Array, to: ProbeDestination): void {
    if (this.isClosed) return;
    const nowMs = performance.now();
    if (nowMs < this.offUntilMs) {
      this.options.sendUnconnected(datagram, to.endpoint);
      return;
    }
    const socket = this.socketFor(to);
    this.sockets.delete(to.member);
    this.sockets.set(to.member, { socket, usedAtMs: nowMs });
    socket.send(datagram, to.probeSeq);
    if (this.sockets.size > SOCKETS_MAX) this.closeOldest();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.sweeper);
    const all = [...this.sockets.values()];
    this.sockets.clear();
    await Promise.all(all.map(({ socket }) => socket.close()));
  }

  private socketFor({ endpoint, member }: ProbeDestination): ProbeSocket {
    const known = this.sockets.get(member)?.socket;
    if (known !== undefined && sameEndpoint(known.peer, endpoint)) return known;
    void known?.close();
    const { local, recvBufferBytes, counters, onDatagram, onRefused } = this.options;
    counters.probeSocketsOpened++;
    const socket: ProbeSocket = new ProbeSocket({
      local,
      peer: endpoint,
      recvBufferBytes,
      counters,
      onDatagram,
      onRefused: (probeSeq) => onRefused(member, probeSeq),
      onFailed: (step, code, unsent) => {
        if (this.sockets.get(member)?.socket === socket) this.sockets.delete(member);
        if (step === "bind") this.turnOff(code);
        else countError(counters.socketErrors, code);
        for (const datagram of unsent) this.options.sendUnconnected(datagram, endpoint);
      },
    });
    return socket;
  }

  private turnOff(code: string): void {
    this.offUntilMs = performance.now() + REBIND_AFTER_MS;
    countError(this.options.counters.socketErrors, code);
    if (this.hasWarned) return;
    this.hasWarned = true;
    this.options.onWarning(
      `this system does not let a second socket share the gossip port (${code}): pings ` +
        "leave from the main socket, and a crashed process is noticed by its silence instead of its host's refusal",
    );
  }

  private closeIdle(): void {
    const idleSinceMs = performance.now() - this.options.idleCloseMs;
    for (const [member, { socket, usedAtMs }] of this.sockets) {
      if (usedAtMs > idleSinceMs) return;
      this.sockets.delete(member);
      void socket.close();
    }
  }

  private closeOldest(): void {
    for (const [member, { socket }] of this.sockets) {
      this.sockets.delete(member);
      void socket.close();
      return;
    }
  }
}
