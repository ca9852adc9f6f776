import type { Socket } from "node:net";
import { WireError } from "../../core/errors.ts";
import type { Millis } from "../../core/member.ts";
import type { Hello, HelloCodec } from "../../wire/hello.ts";
import { callAfter } from "./call-after.ts";
import { reset } from "./outgoing-socket.ts";
import type { WireSelf } from "./outgoing-wire.ts";
import { ChatterLimit, HelloReader } from "./received-bytes.ts";
import { countOne, type WiringCounters } from "./wiring-counters.ts";

/** What the wires of others are accepted with. */
export interface AcceptedWiresOptions {
  readonly self: WireSelf;
  readonly codec: HelloCodec;
  readonly counters: WiringCounters;
}

/** Several times the observers that a member has. */
const WIRES_MAX = 1024;

/** Connections whose hello is still to come; of more, the oldest goes. */
const STRANGERS_MAX = 128;

const HELLO_MS: Millis = 1000;

/**
 * The connections that others make to the gossip port. Whoever is not a member's observer is a
 * stranger: it costs a descriptor for a second at most, and this node takes nothing from it.
 *
 * An accepted wire means nothing to this node. It is for the observer at its other end, which hears
 * from the kernel when this process ends.
 */
export class AcceptedWires {
  private readonly options: AcceptedWiresOptions;
  private readonly wires = new Set<Socket>();
  /** In the order in which they came, each with what takes back its deadline. */
  private readonly strangers = new Map<Socket, () => void>();

  constructor(options: AcceptedWiresOptions) {
    this.options = options;
  }

  /** Wires of others open now. */
  get open(): number {
    return this.wires.size;
  }

  accept(socket: Socket): void {
    const [oldest] = this.strangers.keys();
    if (this.strangers.size >= STRANGERS_MAX && oldest !== undefined) {
      this.turnAway(oldest, "crowded");
    }
    const takeBack = callAfter(HELLO_MS, () => this.turnAway(socket, "silent"));
    this.strangers.set(socket, takeBack);
    const reader = new HelloReader(this.options.codec);
    const chatter = new ChatterLimit();
    socket.on("data", (chunk) => {
      if (this.strangers.has(socket)) this.introduce(socket, reader, chatter, chunk);
      else this.takePokes(socket, chatter, chunk.length);
    });
    // What the other end resets or ends closes this one, too; there is nothing to tell anybody.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.wires.delete(socket);
      if (this.forget(socket)) this.options.counters.wordless++;
    });
  }

  close(): void {
    for (const socket of [...this.strangers.keys(), ...this.wires]) {
      this.forget(socket);
      socket.destroy();
    }
    this.wires.clear();
  }

  private introduce(
    socket: Socket,
    reader: HelloReader,
    chatter: ChatterLimit,
    chunk: Uint8Array,
  ): void {
    try {
      const received = reader.read(chunk);
      if (received === undefined) return;
      this.welcome(socket, received.hello);
      this.takePokes(socket, chatter, received.rest);
    } catch (error) {
      this.turnAway(socket, error instanceof WireError ? error.reason : "unexpected");
    }
  }

  private welcome(socket: Socket, { sender, target }: Hello): void {
    const { self, codec, counters } = this.options;
    if (target !== self.name) throw new WireError("other-member");
    if (sender === self.name) throw new WireError("own-name");
    if (this.wires.size >= WIRES_MAX) throw new WireError("full");
    this.forget(socket);
    this.wires.add(socket);
    counters.accepted++;
    socket.write(codec.encode({ sender: self.name, startId: self.startId, target: sender }));
  }

  private takePokes(socket: Socket, chatter: ChatterLimit, bytes: number): void {
    if (this.wires.has(socket) && !chatter.allows(bytes)) this.turnAway(socket, "chatty");
  }

  private turnAway(socket: Socket, reason: string): void {
    if (!this.forget(socket) && !this.wires.delete(socket)) return;
    countOne(this.options.counters.turnedAway, reason);
    reset(socket);
  }

  private forget(socket: Socket): boolean {
    this.strangers.get(socket)?.();
    return this.strangers.delete(socket);
  }
}
