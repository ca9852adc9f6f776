import type { Effect, NodeEvent, SendTo } from "../core/effect.ts";
import { WireError } from "../core/errors.ts";
import type { Input } from "../core/input.ts";
import type { Endpoint, MemberName, Millis } from "../core/member.ts";
import type { Message } from "../core/message.ts";
import type { SwimNode } from "../core/node/swim-node.ts";
import type { MemberExplanation, NodeSnapshot } from "../core/snapshot.ts";
import { countTraffic, type HostCounters, newHostCounters } from "./host-counters.ts";
import type { Clock, Destination, Transport, Wiring } from "./ports.ts";
import { StepPump } from "./step-pump.ts";

/**
 * Bytes to message and back. `decode` throws a WireError on everything that is not a valid
 * datagram.
 */
export interface MessageCodec {
  encode(message: Message): Uint8Array;
  decode(datagram: Uint8Array): Message;
}

/** What a host connects. */
export interface NodeHostOptions {
  readonly node: SwimNode;
  readonly codec: MessageCodec;
  readonly transport: Transport;
  /** Whether a datagram from there is read at all; each is, unless given. What is not is counted as `rate`. */
  readonly admits?: (from: Endpoint) => boolean;
  /** Left out where the node runs over datagrams alone. */
  readonly wiring?: Wiring;
  readonly clock: Clock;
  /**
   * Called in the order of the effects. May call `submit`: that input waits for the present
   * effects.
   */
  readonly onEvent: (event: NodeEvent, nowMs: Millis) => void;
}

/**
 * The pump between a SwimNode and the world, the same for real daemons and simulated ones:
 * datagram, decode, step, effects in order, encode, datagram. It owns no thread, no timer and no
 * socket; those are its ports.
 */
export class NodeHost {
  /** Plain numbers that only grow; read them at any time. */
  readonly counters: HostCounters = newHostCounters();

  private readonly node: SwimNode;
  private readonly codec: MessageCodec;
  private readonly transport: Transport;
  private readonly admits: ((from: Endpoint) => boolean) | undefined;
  private readonly wiring: Wiring | undefined;
  private readonly clock: Clock;
  private readonly onEvent: (event: NodeEvent, nowMs: Millis) => void;

  private readonly pump: StepPump<Input, Effect>;

  constructor({ node, codec, transport, admits, wiring, clock, onEvent }: NodeHostOptions) {
    this.node = node;
    this.codec = codec;
    this.transport = transport;
    this.admits = admits;
    this.wiring = wiring;
    this.clock = clock;
    this.onEvent = onEvent;
    this.pump = new StepPump({
      machine: node,
      clock,
      perform: (effect, nowMs) => this.perform(effect, nowMs),
      wakeup: (stalledMs) => ({ kind: "wakeup", stalledMs }),
      counters: this.counters,
    });
  }

  /** Listens and starts the node's clocks. */
  start(): void {
    if (!this.pump.start()) return;
    this.transport.listen({
      onDatagram: (datagram, from) => this.receive(datagram, from),
      onRefused: (member, seq) => this.receiveRefusal(member, seq),
    });
    this.wiring?.listen({
      onWireOpened: (member, startId) => this.takeReport({ kind: "wire-opened", member, startId }),
      onWireClosed: (member, startId, how) =>
        this.takeReport({ kind: "wire-closed", member, startId, how }),
      onDialled: (member, seq, answer) => this.takeReport({ kind: "dialled", member, seq, answer }),
    });
    this.submit({ kind: "wakeup", stalledMs: 0 });
  }

  /**
   * Steps the node with `input`, at once or after the step that is running. Ignored once stopped.
   */
  submit(input: Input): void {
    this.pump.submit(input);
  }

  snapshot(): NodeSnapshot {
    return this.node.snapshot(this.clock.nowMs());
  }

  explain(member: MemberName): MemberExplanation | undefined {
    return this.node.explain(this.clock.nowMs(), member);
  }

  /** Nothing is stepped, sent or told after this. The transport stays the caller's to close. */
  stop(): void {
    this.pump.stop();
  }

  private receive(datagram: Uint8Array, from: Endpoint): void {
    this.pump.noteDelivered();
    if (!this.pump.isRunning) return;
    if (this.admits?.(from) === false) {
      countTraffic(this.counters.dropped, "rate", datagram.length);
      return;
    }
    const message = this.decode(datagram);
    const bytes = datagram.length;
    if (message !== undefined) this.submit({ kind: "message", from, message, bytes });
  }

  private receiveRefusal(member: MemberName, seq: number): void {
    this.pump.noteDelivered();
    if (!this.pump.isRunning) return;
    this.counters.refusals++;
    this.submit({ kind: "refused", member, seq });
  }

  /** What a kernel told by TCP: read from a socket, so that it counts for the drain as well. */
  private takeReport(input: Input): void {
    this.pump.noteDelivered();
    this.submit(input);
  }

  private decode(datagram: Uint8Array): Message | undefined {
    try {
      const message = this.codec.decode(datagram);
      countTraffic(this.counters.received, message.body.kind, datagram.length);
      return message;
    } catch (error) {
      // Whatever else a decoder might throw, no peer may end this process with it.
      const reason = error instanceof WireError ? error.reason : "unexpected";
      countTraffic(this.counters.dropped, reason, datagram.length);
      return undefined;
    }
  }

  private perform(effect: Effect, nowMs: Millis): void {
    switch (effect.kind) {
      case "event":
        // Refused like a datagram that breaks a rule of the wire, and counted beside those.
        if (effect.event.kind === "claim-refused")
          countTraffic(this.counters.dropped, "far-claim", 0);
        this.onEvent(effect.event, nowMs);
        return;
      case "send":
        this.send(effect.to, effect.message);
        return;
      case "keep-wires":
        this.wiring?.keep(effect.to);
        return;
      case "poke":
        this.wiring?.poke(effect.member);
        return;
      case "dial":
        this.wiring?.dial(effect.member, effect.endpoint, effect.seq);
    }
  }

  private send(to: SendTo, message: Message): void {
    const datagram = this.codec.encode(message);
    countTraffic(this.counters.sent, message.body.kind, datagram.length);
    this.transport.send(datagram, destination(to, message));
  }
}

function destination({ endpoint, member, probe }: SendTo, { body }: Message): Destination {
  if (member === undefined) return { endpoint };
  if (probe !== true || body.kind !== "ping") return { endpoint, member };
  return { endpoint, member, probeSeq: body.seq };
}
