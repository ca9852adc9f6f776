import type { Socket } from "node:net";
import type { WireTarget } from "../../core/effect.ts";
import { WireError } from "../../core/errors.ts";
import type { WireEnd } from "../../core/input.ts";
import type { MemberName, Millis, StartId } from "../../core/member.ts";
import { CONNECT_MS, type KeptWire, spreadWait, WireRetries } from "../../host/wire-rules.ts";
import type { HelloCodec } from "../../wire/hello.ts";
import { codeOf } from "../datagram-socket.ts";
import { callAfter } from "./call-after.ts";
import { ObserverHandshake } from "./handshake.ts";
import { reset, socketTo } from "./outgoing-socket.ts";
import { ChatterLimit, HelloReader } from "./received-bytes.ts";
import { countOne, type WiringCounters } from "./wiring-counters.ts";

/** Which run of which node speaks. */
export interface WireSelf {
  readonly name: MemberName;
  readonly startId: StartId;
}

/** What a wire is made of. */
export interface OutgoingWireOptions {
  readonly self: WireSelf;
  readonly target: WireTarget;
  readonly localHost: string;
  readonly codec: HelloCodec;
  readonly counters: WiringCounters;
  readonly onOpened: () => void;
  readonly onClosed: (how: WireEnd) => void;
}

/** A FIN says that the process ended: nobody takes a wire there, while its end is being told around. */
const AFTER_END_MS: Millis = 500;

/** A new wire is not urgent. The death of a member brings new ones, and others need the processor more just then. */
const FIRST_MS: Millis = 200;

const POKE = Uint8Array.of(0);

/** The wire to one run of a member, over a socket. */
export class OutgoingWire implements KeptWire {
  readonly target: WireTarget;
  private readonly options: OutgoingWireOptions;
  /** Undefined while it waits for the next try. */
  private socket: Socket | undefined;
  private openedAtMs: Millis | undefined;
  private readonly retries = new WireRetries();
  private takeBack: () => void = () => undefined;

  constructor(options: OutgoingWireOptions) {
    this.options = options;
    this.target = options.target;
    this.openAfter(spreadWait(FIRST_MS, Math.random()));
  }

  get isOpen(): boolean {
    return this.openedAtMs !== undefined;
  }

  /** Nothing comes back: a kernel whose process is gone answers with a reset. */
  poke(): void {
    if (this.isOpen) this.socket?.write(POKE);
  }

  close(): void {
    this.takeBack();
    this.drop();
  }

  private open(): void {
    const { codec, self, localHost } = this.options;
    const { member, endpoint } = this.target;
    const socket = socketTo(endpoint, localHost);
    this.socket = socket;
    this.takeBack = callAfter(CONNECT_MS, () => this.fail("silent"));
    const handshake = new ObserverHandshake(self, member, codec);
    socket.on("connect", () => socket.write(handshake.begin()));
    const reader = new HelloReader(codec);
    const chatter = new ChatterLimit();
    socket.on("data", (chunk) => {
      if (this.socket !== socket) return;
      const rest = this.isOpen ? chunk.length : this.readHello(reader, handshake, chunk);
      // The member has nothing more to say; what goes on talking is not one.
      if (this.isOpen && !chatter.allows(rest)) this.end("reset", "chatty");
    });
    socket.on("end", () => this.socket === socket && this.end("ended", "ended"));
    socket.on("error", (error) => this.socket === socket && this.end("reset", codeOf(error)));
    socket.on("close", () => this.socket === socket && this.end("reset", "closed"));
  }

  /** Bytes behind the hello. */
  private readHello(reader: HelloReader, handshake: ObserverHandshake, chunk: Uint8Array): number {
    try {
      const received = reader.read(chunk);
      if (received === undefined) return 0;
      const { sender, startId } = received.hello;
      if (sender !== this.target.member) this.fail("other-member");
      else if (startId !== this.target.startId) this.fail("other-run");
      else this.succeed(handshake.finish(received.hello));
      return received.rest;
    } catch (error) {
      this.fail(error instanceof WireError ? error.reason : "unexpected");
      return 0;
    }
  }

  private succeed(lastWord: Uint8Array | undefined): void {
    if (lastWord !== undefined) this.socket?.write(lastWord);
    this.takeBack();
    this.openedAtMs = performance.now();
    this.options.counters.opened++;
    this.options.onOpened();
  }

  private end(how: WireEnd, code: string): void {
    if (this.openedAtMs === undefined) {
      this.fail(code);
      return;
    }
    this.retries.wasOpenFor(performance.now() - this.openedAtMs);
    this.drop();
    if (how === "ended") this.openAfter(spreadWait(AFTER_END_MS, Math.random()));
    else this.retryLater();
    this.options.onClosed(how);
  }

  private fail(reason: string): void {
    countOne(this.options.counters.failed, reason);
    this.drop();
    this.retryLater();
  }

  private drop(): void {
    const { socket } = this;
    this.socket = undefined;
    this.openedAtMs = undefined;
    if (socket !== undefined) reset(socket);
  }

  private retryLater(): void {
    this.openAfter(this.retries.next(Math.random()));
  }

  private openAfter(ms: Millis): void {
    this.takeBack();
    this.takeBack = callAfter(ms, () => this.open());
  }
}
