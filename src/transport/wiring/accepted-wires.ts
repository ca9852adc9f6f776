import type { Socket } from "node:net";
import { WireError } from "../../core/errors.ts";
import type { Millis } from "../../core/member.ts";
import type { Hello, HelloCodec } from "../../wire/hello.ts";
import { callAfter } from "./call-after.ts";
import { SubjectHandshake } from "./handshake.ts";
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

/** Connections whose hellos are not complete; of more, the oldest goes. */
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
    const { self, codec } = this.options;
    const handshake = new SubjectHandshake(self, codec);
    const reader = new HelloReader(codec);
    const chatter = new ChatterLimit();
    socket.on("data", (chunk) => {
      if (this.strangers.has(socket)) {
        const pokes = this.introduce(socket, reader, handshake, chunk);
        this.takePokes(socket, chatter, pokes);
      } else this.takePokes(socket, chatter, chunk.length);
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

  /** Bytes behind the last hello. */
  private introduce(
    socket: Socket,
    reader: HelloReader,
    handshake: SubjectHandshake,
    chunk: Uint8Array,
  ): number {
    try {
      const received = reader.read(chunk);
      if (received === undefined) return 0;
      this.checkWelcome(received.hello);
      const { answer, isDone } = handshake.take(received.hello);
      // Who has to wait for the answer cannot have said more.
      if (!isDone && received.rest > 0) throw new WireError("proof");
      if (isDone) this.welcome(socket);
      if (answer !== undefined) socket.write(answer);
      return received.rest;
    } catch (error) {
      this.turnAway(socket, error instanceof WireError ? error.reason : "unexpected");
      return 0;
    }
  }

  private checkWelcome({ sender, target }: Hello): void {
    const { self } = this.options;
    if (target !== self.name) throw new WireError("other-member");
    if (sender === self.name) throw new WireError("own-name");
    if (this.wires.size >= WIRES_MAX) throw new WireError("full");
  }

  private welcome(socket: Socket): void {
    this.forget(socket);
    this.wires.add(socket);
    this.options.counters.accepted++;
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
