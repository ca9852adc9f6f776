import { createServer, type Server } from "node:net";
import type { WireTarget } from "../../core/effect.ts";
import type { Endpoint, MemberName, Millis } from "../../core/member.ts";
import type { Wiring, WiringReceiver } from "../../host/ports.ts";
import type { HelloCodec } from "../../wire/hello.ts";
import { codeOf } from "../datagram-socket.ts";
import { AcceptedWires } from "./accepted-wires.ts";
import { Dials } from "./dials.ts";
import { KEEPALIVE_MS } from "./outgoing-socket.ts";
import type { WireSelf } from "./outgoing-wire.ts";
import { OutgoingWires } from "./outgoing-wires.ts";
import { countOne, newWiringCounters, type WiringCounters } from "./wiring-counters.ts";

/** What wires and dials are made of. */
export interface TcpWiringOptions {
  readonly self: WireSelf;
  /** The gossip endpoint, as bound for UDP. */
  readonly local: Endpoint;
  readonly codec: HelloCodec;
}

/** Connections that a process which stands still leaves to its kernel to answer. */
const BACKLOG = 511;

/**
 * A port that was taken is tried again so often: it may have been a connection that left from it,
 * and is gone in a moment.
 */
const LISTEN_AGAIN_MS: Millis = 2000;

/**
 * Wires and dials over TCP, from and to the number of the gossip port. Others are accepted only
 * after `open`; without, this node's own wires and dials work.
 */
export class TcpWiring implements Wiring {
  /** Where the gossip port is bound. */
  readonly local: Endpoint;
  readonly counters: WiringCounters = newWiringCounters();
  private readonly outgoing: OutgoingWires;
  private readonly accepted: AcceptedWires;
  private readonly dials: Dials;
  private receiver: WiringReceiver | undefined;
  private server: Server | undefined;
  private listenAgain: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor({ self, local, codec }: TcpWiringOptions) {
    const { counters } = this;
    const localHost = local.host;
    this.local = local;
    this.outgoing = new OutgoingWires({
      ...{ self, localHost, codec, counters },
      onOpened: (member, startId) => this.receiver?.onWireOpened(member, startId),
      onClosed: (member, startId, how) => this.receiver?.onWireClosed(member, startId, how),
    });
    this.accepted = new AcceptedWires({ self, codec, counters });
    this.dials = new Dials({
      ...{ localHost, counters },
      onDialled: (member, seq, answer) => this.receiver?.onDialled(member, seq, answer),
    });
  }

  /** Whether others can reach this node by TCP. */
  get isOpen(): boolean {
    return this.server !== undefined;
  }

  /** Own wires open now. */
  get wires(): number {
    return this.outgoing.open;
  }

  /** Wires of others open now. */
  get acceptedWires(): number {
    return this.accepted.open;
  }

  /** Takes the port; rejects with the system's error. */
  async open(): Promise<void> {
    const server = createServer({
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEPALIVE_MS,
    });
    const { host, port } = this.local;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port, backlog: BACKLOG, exclusive: true }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    server.on("error", (error) => countOne(this.counters.acceptErrors, codeOf(error)));
    server.on("connection", (socket) => this.accepted.accept(socket));
    this.server = server;
    if (this.isClosed) await this.close();
  }

  /** Tries `open` until it succeeds: another program has the port. */
  openLater(): void {
    this.listenAgain = setTimeout(() => {
      this.open().catch((error: unknown) => {
        countOne(this.counters.acceptErrors, codeOf(error));
        if (!this.isClosed) this.openLater();
      });
    }, LISTEN_AGAIN_MS).unref();
  }

  listen(receiver: WiringReceiver): void {
    this.receiver = receiver;
  }

  keep(to: readonly WireTarget[]): void {
    if (!this.isClosed) this.outgoing.keep(to);
  }

  poke(member: MemberName): void {
    this.outgoing.poke(member);
  }

  dial(member: MemberName, endpoint: Endpoint, seq: number): void {
    if (!this.isClosed) this.dials.dial(member, endpoint, seq);
  }

  /** Closes every socket. Idempotent; nothing is delivered afterwards. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.listenAgain);
    this.outgoing.keep([]);
    this.dials.close();
    this.accepted.close();
    const { server } = this;
    this.server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
