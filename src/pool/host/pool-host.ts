import type { NodeEvent } from "../../core/effect.ts";
import { WireError } from "../../core/errors.ts";
import type { Endpoint, MemberName, Millis } from "../../core/member.ts";
import type { MemberExplanation, NodeSnapshot, PathReport } from "../../core/snapshot.ts";
import type { Clock, Transport } from "../../host/ports.ts";
import { StepPump } from "../../host/step-pump.ts";
import type { PoolEffect, PoolRequest } from "../core/pool-effect.ts";
import type { PoolInput } from "../core/pool-input.ts";
import type { PoolWatch } from "../core/pool-watch.ts";
import { openPacket, type PoolSecurity, sealPacket } from "../wire/envelope.ts";
import type { PoolMessage, PushPull } from "../wire/messages.ts";
import { ViewFailure } from "./view-stream.ts";

/** Fetches whole views; how many at once is its own business. */
export interface ViewFetcher {
  /** @throws ViewFailure and nothing else */
  fetch(endpoint: Endpoint): Promise<PushPull>;
}

/** What a host of a watcher connects. */
export interface PoolHostOptions {
  readonly watch: PoolWatch;
  readonly security: PoolSecurity;
  readonly transport: Transport;
  /** Whether a packet from there is read at all; what is not is counted as `rate`. */
  readonly admits: (from: Endpoint) => boolean;
  readonly views: ViewFetcher;
  readonly clock: Clock;
  /** What members are told the guest is called, and where helpers send their answers. */
  readonly self: { readonly name: MemberName; readonly endpoint: Endpoint };
  /** Called in the order of the effects. May call `submit`. */
  readonly onEvent: (event: NodeEvent, nowMs: Millis) => void;
  /** What the engine above memberlist says; nobody listens where it is left out. */
  readonly engine?: {
    onMessage(bytes: Uint8Array): void;
    onView(userState: Uint8Array): void;
  };
}

/** The pump between a watcher and the pool that it is a guest in: it owns neither socket nor timer. */
export class PoolHost {
  /** Plain numbers that only grow. */
  readonly counters = new PoolCounters();
  private readonly options: PoolHostOptions;
  private readonly pump: StepPump<PoolInput, PoolEffect>;

  constructor(options: PoolHostOptions) {
    this.options = options;
    this.pump = new StepPump({
      machine: options.watch,
      clock: options.clock,
      perform: (effect, nowMs) => this.perform(effect, nowMs),
      wakeup: (stalledMs) => ({ kind: "wakeup", stalledMs }),
      counters: this.counters,
    });
  }

  /** Listens and starts the watcher's clocks. */
  start(): void {
    if (!this.pump.start()) return;
    this.options.transport.listen({
      onDatagram: (datagram, from) => this.receive(datagram, from),
      onRefused: (member, seq) => {
        this.pump.noteDelivered();
        this.counters.refusals++;
        this.submit({ kind: "refused", member, seq });
      },
    });
    this.submit({ kind: "wakeup", stalledMs: 0 });
  }

  submit(input: PoolInput): void {
    this.pump.submit(input);
  }

  /** A view that was had before this host was there. */
  takeFirstView(from: Endpoint, view: PushPull): void {
    this.takeView(null, from, view);
  }

  snapshot(): NodeSnapshot {
    return this.options.watch.snapshot(this.options.clock.nowMs());
  }

  explain(member: MemberName): MemberExplanation | undefined {
    return this.options.watch.explain(this.options.clock.nowMs(), member);
  }

  paths(): readonly PathReport[] {
    return this.options.watch.paths(this.options.clock.nowMs());
  }

  /** What was passed over since the start, by reason: packets, and what the watcher made nothing of. */
  get dropped(): Readonly<Record<string, number>> {
    return { ...this.counters.dropped, ...this.options.watch.dropped };
  }

  /** Nothing is stepped, sent or told after this. The ports stay the caller's to close. */
  stop(): void {
    this.pump.stop();
  }

  private receive(datagram: Uint8Array, from: Endpoint): void {
    this.pump.noteDelivered();
    if (!this.pump.isRunning) return;
    const { counters } = this;
    if (!this.options.admits(from)) {
      counters.drop("rate");
      return;
    }
    try {
      const { messages, dropped } = openPacket(datagram, this.options.security);
      counters.count("received", messages[0]?.kind ?? "nothing", datagram.length);
      for (const reason of dropped) counters.drop(reason);
      for (const message of messages) {
        this.submit({ kind: "message", from, message });
        if (message.kind === "user") this.options.engine?.onMessage(message.bytes);
      }
    } catch (error) {
      // Whatever else a decoder might throw, no peer may end this process with it.
      counters.drop(error instanceof WireError ? error.reason : "unexpected");
    }
  }

  private perform(effect: PoolEffect, nowMs: Millis): void {
    switch (effect.kind) {
      case "event":
        this.options.onEvent(effect.event, nowMs);
        return;
      case "push-pull":
        void this.fetchView(effect.member, effect.endpoint);
        return;
      case "send":
        this.send(effect);
    }
  }

  private send({ to, message }: PoolEffect & { readonly kind: "send" }): void {
    const { security, transport } = this.options;
    const packet = sealPacket([this.completed(message)], security);
    this.counters.count("sent", message.kind, packet.length);
    const { endpoint, member, probe } = to;
    if (member === undefined || probe !== true) transport.send(packet, { endpoint });
    else transport.send(packet, { endpoint, member, probeSeq: message.seq });
  }

  /** A ping goes without an address to answer to: the ack comes back to the socket it left from. */
  private completed(request: PoolRequest): PoolMessage {
    const { name: source, endpoint: replyTo } = this.options.self;
    return request.kind === "ping" ? { ...request, source } : { ...request, source, replyTo };
  }

  private takeView(member: MemberName | null, from: Endpoint, view: PushPull): void {
    this.submit({ kind: "push-pull", member, from, view });
    this.options.engine?.onView(view.userState);
  }

  private async fetchView(member: MemberName | null, from: Endpoint): Promise<void> {
    this.counters.viewsAsked++;
    try {
      const view = await this.options.views.fetch(from);
      this.pump.noteDelivered();
      this.takeView(member, from, view);
    } catch (error) {
      const { failure, why } =
        error instanceof ViewFailure ? error : new ViewFailure("garbled", "it cannot be read");
      this.pump.noteDelivered();
      this.counters.viewsFailed[failure] = (this.counters.viewsFailed[failure] ?? 0) + 1;
      this.submit({ kind: "push-pull-failed", member, from, failure, why });
    }
  }
}

/** Packets and bytes of one kind. */
interface PacketCount {
  datagrams: number;
  bytes: number;
}

/** What a guest has moved since it started. Every number only grows. */
class PoolCounters {
  /** By the kind of the first message in each packet. */
  readonly sent: Record<string, PacketCount> = {};
  readonly received: Record<string, PacketCount> = {};
  /** Packets and parts of packets that could not be read, by reason. */
  readonly dropped: Record<string, number> = {};
  readonly viewsFailed: Record<string, number> = {};
  viewsAsked = 0;
  refusals = 0;
  wakeups = 0;
  stalls = 0;

  count(way: "sent" | "received", kind: string, bytes: number): void {
    const entry = this[way][kind] ?? { datagrams: 0, bytes: 0 };
    this[way][kind] = entry;
    entry.datagrams++;
    entry.bytes += bytes;
  }

  drop(reason: string): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }
}
