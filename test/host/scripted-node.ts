import type { Effect, NodeEvent } from "../../src/core/effect.ts";
import type { Input } from "../../src/core/input.ts";
import type { Endpoint, Millis } from "../../src/core/member.ts";
import type { Message } from "../../src/core/message.ts";
import type { SwimNode } from "../../src/core/node/swim-node.ts";
import { seededRng } from "../../src/core/primitives/rng.ts";
import { NodeHost } from "../../src/host/node-host.ts";
import { EventHeap } from "../../src/sim/event-heap.ts";
import { VirtualClock } from "../../src/sim/virtual-clock.ts";
import { VirtualNetwork } from "../../src/sim/virtual-network.ts";
import type { VirtualPort } from "../../src/sim/virtual-port.ts";
import { type Codec, createCodec } from "../../src/wire/codec.ts";

export interface Step {
  readonly nowMs: Millis;
  readonly input: Input;
}

/**
 * Answers inputs with the effects that a test wrote down, and remembers what it was stepped with.
 */
export class ScriptedNode implements SwimNode {
  readonly steps: Step[] = [];
  wakeupAt: Millis | undefined;
  answer: (input: Input) => readonly Effect[] = () => [];

  step(nowMs: Millis, input: Input): readonly Effect[] {
    this.steps.push({ nowMs, input });
    return this.answer(input);
  }

  nextWakeupAt(): Millis | undefined {
    return this.wakeupAt;
  }

  snapshot(): never {
    throw new Error("no test of the host looks at a snapshot");
  }

  explain(): undefined {
    return undefined;
  }

  get inputs(): Input["kind"][] {
    return this.steps.map(({ input }) => input.kind);
  }
}

export const HERE: Endpoint = { host: "10.0.0.1", port: 7946 };
export const THERE: Endpoint = { host: "10.0.0.2", port: 7946 };

/** A host of a scripted node, and a peer's port that tests send from and listen at. */
export class HostBench {
  readonly heap = new EventHeap();
  readonly node = new ScriptedNode();
  readonly codec: Codec = createCodec({ clusterLabel: "bench" });
  readonly clock = new VirtualClock(this.heap);
  readonly told: { readonly event: NodeEvent; readonly nowMs: Millis }[] = [];
  readonly peerHeard: Message[] = [];
  readonly peer: VirtualPort;
  readonly host: NodeHost;
  onEvent: (event: NodeEvent) => void = () => undefined;

  constructor(admits: (from: Endpoint) => boolean = () => true) {
    const network = new VirtualNetwork({
      heap: this.heap,
      rng: seededRng([1, 2, 3, 4]),
      delay: { latencyMs: 1, jitterMs: 0 },
    });
    this.peer = portOf(network, THERE, new VirtualClock(this.heap));
    this.peer.listen({
      onDatagram: (datagram) => this.peerHeard.push(this.codec.decode(datagram)),
      onRefused: () => undefined,
    });
    this.host = new NodeHost({
      node: this.node,
      codec: this.codec,
      transport: portOf(network, HERE, this.clock),
      clock: this.clock,
      admits,
      onEvent: (event, nowMs) => {
        this.told.push({ event, nowMs });
        this.onEvent(event);
      },
    });
  }

  /** A valid datagram from the peer. */
  sendToHost(message: Message = gossip()): void {
    this.sendBytesToHost(this.codec.encode(message));
  }

  sendBytesToHost(datagram: Uint8Array): void {
    this.peer.send(datagram, { endpoint: HERE });
  }
}

export function gossip(counter = 1): Message {
  return { header: headerOf(counter), body: { kind: "gossip" }, updates: [] };
}

export function ping(seq: number): Message {
  const body = { kind: "ping", seq, target: "b", digest: { high: 0, low: 0 } } as const;
  return { header: headerOf(1), body, updates: [] };
}

/** An event to tell effects apart by. */
export function scoreEvent(score: number): Effect {
  return { kind: "event", event: { kind: "local-health-changed", score } };
}

function headerOf(counter: number): Message["header"] {
  const startId = "0123456789abcdef01234567";
  return { sender: "a", startId, incarnation: 1, counter, stalledMs: 0 };
}

function portOf(network: VirtualNetwork, endpoint: Endpoint, clock: VirtualClock): VirtualPort {
  const port = network.bind(endpoint, clock);
  if (port === undefined) throw new Error("the bench's ports are distinct");
  return port;
}
