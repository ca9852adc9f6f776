import type { Endpoint } from "../../../../core/member.ts";
import {
  type BaselineBody,
  type BaselineUpdate,
  roomBeside,
  type StreamPayload,
} from "../baseline-message.ts";
import type { BaselineNode, BaselineOptions } from "../baseline-node.ts";
import { type BaselineMember, MemberList } from "../member-list.ts";
import { NodeTimers } from "../node-timers.ts";
import { Parcel } from "../parcel.ts";
import { Streams } from "../stream.ts";
import { TransmitQueue } from "../transmit-queue.ts";
import { Awareness } from "./awareness.ts";
import { LifeguardBeliefs } from "./lifeguard-beliefs.ts";
import { LIFEGUARD_LAN, type LifeguardConfig, pushPullPauseMs } from "./lifeguard-config.ts";
import { LifeguardProbe } from "./lifeguard-probe.ts";

/** A pause between tries to reach a seed. */
const JOIN_RETRY_MS = 1000;

/**
 * SWIM with Lifeguard (Dadgar, Phillips, Currey, DSN 2018) as memberlist v0.2.2 has it, at its LAN
 * defaults: round robin probes with nacks and the health multiplier, shrinking suspicions, the
 * buddy system, a ping by stream as the last resort, gossip, push/pull, refutation. Left out:
 * names in conflict, leaving, encryption, and what Serf adds (coordinates, reconnecting).
 */
export class LifeguardNode implements BaselineNode {
  private readonly options: BaselineOptions;
  private readonly config: LifeguardConfig;
  private readonly timers: NodeTimers;
  private readonly list: MemberList;
  private readonly queue: TransmitQueue;
  private readonly streams: Streams;
  private readonly beliefs: LifeguardBeliefs;
  private readonly probe: LifeguardProbe;
  private readonly self: BaselineMember;

  constructor(options: BaselineOptions, config: LifeguardConfig = LIFEGUARD_LAN) {
    const { name, endpoint, clock, rng, onNews } = options;
    this.options = options;
    this.config = config;
    const timers = new NodeTimers(clock);
    const list = new MemberList(rng);
    const self: BaselineMember = { name, endpoint, incarnation: 1, state: "alive", sinceMs: 0 };
    const queue = new TransmitQueue(config.retransmitMult, () => list.size);
    const awareness = new Awareness(config.awarenessMax);
    const streams = new Streams({
      timers,
      send: (to, body) => this.sendWith(to, body, []),
      answer: (request) => this.answer(request),
    });
    const beliefs = new LifeguardBeliefs({ config, self, list, queue, timers, awareness, onNews });
    this.probe = new LifeguardProbe({
      ...{ config, self, list, timers, awareness, streams },
      send: (to, body) => this.send(to, body),
      sendWith: (to, body, updates) => this.sendWith(to, body, updates),
      suspect: (update) => beliefs.suspect(update),
    });
    this.timers = timers;
    this.list = list;
    this.queue = queue;
    this.streams = streams;
    this.beliefs = beliefs;
    this.self = self;
  }

  prefill(members: Parameters<BaselineNode["prefill"]>[0]): void {
    const others = members.filter(({ name }) => name !== this.self.name);
    const rows = others.map(
      ({ name, endpoint }): BaselineMember => ({
        ...{ name, endpoint, incarnation: 1, state: "alive", sinceMs: 0 },
      }),
    );
    this.list.addAll([this.self, ...rows]);
    for (const { name } of rows) this.tellNew(name);
  }

  start(): void {
    const { rng, port, seeds } = this.options;
    const { config, timers, list } = this;
    const isPrefilled = list.size > 0;
    if (!isPrefilled) list.add(this.self);
    port.listen({
      onDatagram: (datagram, from) => this.receive(datagram, from),
      onRefused: () => {},
    });
    // Each process has phases of its own.
    const phaseOf = (intervalMs: number) => intervalMs * rng.next();
    timers.every(config.probeIntervalMs, phaseOf(config.probeIntervalMs), () => this.probe.tick());
    timers.every(config.gossipIntervalMs, phaseOf(config.gossipIntervalMs), () => this.gossip());
    // Members that know each other have run for long, and are anywhere between two of them.
    if (isPrefilled) timers.after(phaseOf(this.pushPullPauseMs), () => this.pushPullForEver());
    else {
      const awaitFirst = () => timers.after(this.pushPullPauseMs, () => this.pushPullForEver());
      timers.after(phaseOf(config.pushPullIntervalMs), awaitFirst);
    }
    if (seeds.length > 0) this.join(0);
  }

  private receive(datagram: Uint8Array, from: Endpoint): void {
    const { body, updates } = Parcel.open(datagram);
    this.handle(body, from);
    for (const update of updates) this.beliefs.take(update);
  }

  private handle(body: BaselineBody, from: Endpoint): void {
    switch (body.kind) {
      case "ping":
        if (body.target === this.self.name) this.send(from, { kind: "ack", seq: body.seq });
        return;
      case "ack":
        this.probe.acked(body.seq);
        return;
      case "nack":
        this.probe.nacked(body.seq);
        return;
      case "ping-req":
        this.probe.relay(body, from);
        return;
      case "gossip":
        return;
      default:
        this.streams.receive(body, from);
    }
  }

  private answer(request: StreamPayload): StreamPayload | undefined {
    if (request.kind === "ping") return request.target === this.self.name ? request : undefined;
    const own = this.ownList();
    this.beliefs.merge(request.members);
    return own;
  }

  private gossip(): void {
    const { config, list, timers, self } = this;
    const deadAfterMs = timers.nowMs - config.gossipToTheDeadMs;
    const mayHear = (other: BaselineMember): boolean =>
      other !== self && (other.state !== "dead" || other.sinceMs >= deadAfterMs);
    if (this.queue.isEmpty) return;
    for (const { endpoint } of list.pick(config.gossipNodes, mayHear)) {
      if (this.queue.isEmpty) return;
      this.send(endpoint, { kind: "gossip" });
    }
  }

  private get pushPullPauseMs(): number {
    return pushPullPauseMs(this.config.pushPullIntervalMs, this.list.size);
  }

  private pushPullForEver(): void {
    const { list, timers, self } = this;
    const [peer] = list.pick(1, (other) => other !== self && other.state === "alive");
    if (peer !== undefined) this.pushPull(peer.endpoint, () => {});
    timers.after(this.pushPullPauseMs, () => this.pushPullForEver());
  }

  private pushPull(peer: Endpoint, done: (isDone: boolean) => void): void {
    this.streams.request(peer, this.ownList(), this.config.streamTimeoutMs, (response) => {
      if (response?.kind === "list") this.beliefs.merge(response.members);
      done(response !== undefined);
    });
  }

  private join(attempt: number): void {
    const { seeds } = this.options;
    const seed = seeds[attempt % seeds.length] as Endpoint;
    this.pushPull(seed, (isDone) => {
      if (!isDone) this.timers.after(JOIN_RETRY_MS, () => this.join(attempt + 1));
    });
  }

  private ownList(): StreamPayload {
    return { kind: "list", members: this.list.listed() };
  }

  private send(to: Endpoint, body: BaselineBody): void {
    this.sendWith(to, body, this.queue.take(roomBeside(body, this.self.name)));
  }

  private sendWith(to: Endpoint, body: BaselineBody, updates: readonly BaselineUpdate[]): void {
    this.options.port.send(Parcel.pack({ from: this.self.name, body, updates }), { endpoint: to });
  }

  private tellNew(member: string): void {
    this.options.onNews({ member, from: null, to: "alive", incarnation: 1 });
  }
}
