import { STALL_MS_MIN } from "../core/detection/stalls.ts";
import type { Effect, NodeEvent, SendTo } from "../core/effect.ts";
import { WireError } from "../core/errors.ts";
import type { Input } from "../core/input.ts";
import type { Endpoint, MemberName, Millis } from "../core/member.ts";
import type { Message } from "../core/message.ts";
import type { SwimNode } from "../core/node/swim-node.ts";
import type { MemberExplanation, NodeSnapshot } from "../core/snapshot.ts";
import { countDropped, countTraffic, type HostCounters, newHostCounters } from "./host-counters.ts";
import type { Clock, Destination, Transport, Wiring } from "./ports.ts";

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
 * Ends a drain under a flood that never pauses; libuv reads up to 32 datagrams a socket and turn.
 */
const DRAIN_TURNS_MAX = 64;

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
  private readonly wiring: Wiring | undefined;
  private readonly clock: Clock;
  private readonly onEvent: (event: NodeEvent, nowMs: Millis) => void;

  private readonly inputs: Input[] = [];
  private state: "new" | "running" | "stopped" = "new";
  private isStepping = false;
  private isDraining = false;
  private deliveredInTurn = 0;
  private armedForMs: Millis | undefined;

  constructor({ node, codec, transport, wiring, clock, onEvent }: NodeHostOptions) {
    this.node = node;
    this.codec = codec;
    this.transport = transport;
    this.wiring = wiring;
    this.clock = clock;
    this.onEvent = onEvent;
  }

  /** Listens and starts the node's clocks. */
  start(): void {
    if (this.state !== "new") return;
    this.state = "running";
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
    if (this.state !== "running") return;
    this.inputs.push(input);
    if (!this.isStepping) this.stepAll();
  }

  snapshot(): NodeSnapshot {
    return this.node.snapshot(this.clock.nowMs());
  }

  explain(member: MemberName): MemberExplanation | undefined {
    return this.node.explain(this.clock.nowMs(), member);
  }

  /** Nothing is stepped, sent or told after this. The transport stays the caller's to close. */
  stop(): void {
    this.state = "stopped";
    this.inputs.length = 0;
    this.armedForMs = undefined;
    this.clock.cancelWake();
  }

  private receive(datagram: Uint8Array, from: Endpoint): void {
    this.deliveredInTurn++;
    if (this.state !== "running") return;
    const message = this.decode(datagram);
    if (message !== undefined) this.submit({ kind: "message", from, message });
  }

  private receiveRefusal(member: MemberName, seq: number): void {
    this.deliveredInTurn++;
    if (this.state !== "running") return;
    this.counters.refusals++;
    this.submit({ kind: "refused", member, seq });
  }

  /** What a kernel told by TCP: read from a socket, so that it counts for the drain as well. */
  private takeReport(input: Input): void {
    this.deliveredInTurn++;
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
      countDropped(this.counters, reason, datagram.length);
      return undefined;
    }
  }

  private stepAll(): void {
    this.isStepping = true;
    try {
      for (let input = this.inputs.shift(); input !== undefined; input = this.inputs.shift()) {
        const nowMs = this.clock.nowMs();
        for (const effect of this.node.step(nowMs, input)) this.perform(effect, nowMs);
      }
    } finally {
      this.isStepping = false;
    }
    this.arm();
  }

  private perform(effect: Effect, nowMs: Millis): void {
    // An event handler may have stopped this host in the middle of a batch.
    if (this.state !== "running") return;
    switch (effect.kind) {
      case "event":
        // Refused like a datagram that breaks a rule of the wire, and counted beside those.
        if (effect.event.kind === "claim-refused") countDropped(this.counters, "far-claim", 0);
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

  private arm(): void {
    if (this.state !== "running" || this.isDraining) return;
    const nowMs = this.clock.nowMs();
    // A wakeup that is due already stays: were it late, it would be the only witness of a stall.
    if (this.armedForMs !== undefined && this.armedForMs <= nowMs) return;
    const wantedAtMs = this.node.nextWakeupAt();
    if (wantedAtMs === undefined) {
      this.armedForMs = undefined;
      this.clock.cancelWake();
      return;
    }
    // A deadline that had passed when it was set is no stall: lateness counts from the arming.
    const atMs = Math.max(wantedAtMs, nowMs);
    if (atMs === this.armedForMs) return;
    this.armedForMs = atMs;
    this.clock.wakeAt(atMs, () => this.wake());
  }

  private wake(): void {
    if (this.armedForMs === undefined) return;
    const lateMs = this.clock.nowMs() - this.armedForMs;
    this.armedForMs = undefined;
    this.counters.wakeups++;
    if (lateMs <= STALL_MS_MIN) {
      this.submit({ kind: "wakeup", stalledMs: 0 });
      return;
    }
    this.counters.stalls++;
    this.isDraining = true;
    this.drain(lateMs, DRAIN_TURNS_MAX);
  }

  /**
   * Node runs timers before it reads sockets: judging now would call members silent whose answers
   * lie in the buffer.
   */
  private drain(stalledMs: Millis, turnsLeft: number): void {
    this.deliveredInTurn = 0;
    this.clock.nextTurn(() => {
      if (this.state !== "running") return;
      if (this.deliveredInTurn > 0 && turnsLeft > 1) {
        this.drain(stalledMs, turnsLeft - 1);
        return;
      }
      this.isDraining = false;
      this.submit({ kind: "wakeup", stalledMs });
    });
  }
}

function destination({ endpoint, member, probe }: SendTo, { body }: Message): Destination {
  if (member === undefined) return { endpoint };
  if (probe !== true || body.kind !== "ping") return { endpoint, member };
  return { endpoint, member, probeSeq: body.seq };
}
