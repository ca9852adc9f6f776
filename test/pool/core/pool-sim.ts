import type { BaselineUpdate } from "../../../src/bench/detector/baselines/baseline-message.ts";
import type { BaselineNews } from "../../../src/bench/detector/baselines/baseline-node.ts";
import { LifeguardNode } from "../../../src/bench/detector/baselines/lifeguard/lifeguard-node.ts";
import { NodeTimers } from "../../../src/bench/detector/baselines/node-timers.ts";
import { Parcel } from "../../../src/bench/detector/baselines/parcel.ts";
import { Streams } from "../../../src/bench/detector/baselines/stream.ts";
import { STALL_MS_MIN } from "../../../src/core/detection/stalls.ts";
import type { NodeEvent } from "../../../src/core/effect.ts";
import type { Endpoint, MemberName, Millis } from "../../../src/core/member.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import type { PoolConfig } from "../../../src/pool/core/pool-config.ts";
import { POOL_LAN } from "../../../src/pool/core/pool-config.ts";
import type { PoolEffect } from "../../../src/pool/core/pool-effect.ts";
import type { PoolInput } from "../../../src/pool/core/pool-input.ts";
import { createPoolWatch, type PoolWatch } from "../../../src/pool/core/pool-watch.ts";
import type { PoolMessage, PoolRecord } from "../../../src/pool/wire/messages.ts";
import { EventHeap } from "../../../src/sim/event-heap.ts";
import { NETWORKS } from "../../../src/sim/network-model.ts";
import { VirtualClock } from "../../../src/sim/virtual-clock.ts";
import { VirtualNetwork } from "../../../src/sim/virtual-network.ts";
import type { VirtualPort } from "../../../src/sim/virtual-port.ts";

const PORT = 7946;
const GUEST_HOST = "10.0.0.250";
export const GUEST = "guest";

type Of<K extends NodeEvent["kind"]> = Extract<NodeEvent, { readonly kind: K }>;

interface Process {
  readonly clock: VirtualClock;
  readonly port: VirtualPort;
}

/** What a member of the pool came to believe, and when. */
export interface PoolNews extends BaselineNews {
  readonly atMs: Millis;
  readonly viewer: MemberName;
}

/** Real memberlist rules on the simulator's network, and a guest beside them. */
export class PoolSim {
  readonly names: readonly MemberName[];
  /** What the members believed, in order. */
  readonly news: PoolNews[] = [];
  /** What the guest reported, in order. */
  readonly events: { readonly atMs: Millis; readonly event: NodeEvent }[] = [];
  /** What the guest sent, by kind and receiver. */
  readonly sent: { readonly atMs: Millis; readonly effect: PoolEffect }[] = [];
  readonly heap = new EventHeap();
  readonly network: VirtualNetwork;
  private readonly seed: number;
  private readonly running = new Map<MemberName, Process>();
  private guest: Guest;

  constructor(
    size: number,
    { seed = 1, config = POOL_LAN }: { seed?: number; config?: PoolConfig } = {},
  ) {
    this.seed = seed;
    this.names = Array.from({ length: size }, (_, index) => `m${index + 1}`);
    const { delay } = NETWORKS.lan;
    this.network = new VirtualNetwork({
      heap: this.heap,
      rng: seededRng([seed, 1, 0, 0]),
      delay,
      model: NETWORKS.lan,
    });
    const roster = this.names.map((name) => ({ name, endpoint: this.endpointOf(name) }));
    for (const name of this.names) this.startMember(name, roster);
    this.guest = this.startGuest(config);
  }

  get watch(): PoolWatch {
    return this.guest.watch;
  }

  get nowMs(): Millis {
    return this.heap.nowMs;
  }

  endpointOf(name: MemberName): Endpoint {
    return { host: hostOf(this.names.indexOf(name) + 1), port: PORT };
  }

  run(forMs: Millis): void {
    this.heap.runUntil(this.heap.nowMs + forMs);
  }

  /** As SIGKILL. */
  kill(name: MemberName): void {
    const process = this.processOf(name);
    process.clock.end();
    process.port.close();
    this.running.delete(name);
  }

  freeze(name: MemberName): void {
    this.processOf(name).clock.freeze();
  }

  thaw(name: MemberName): void {
    this.processOf(name).clock.thaw();
  }

  /** Starts the member anew, with another one as its seed. */
  restart(name: MemberName): void {
    this.startMember(name, undefined);
  }

  /** Both directions between two members. */
  cut(a: MemberName, b: MemberName): void {
    this.network.cutLink(this.endpointOf(a).host, this.endpointOf(b).host);
    this.network.cutLink(this.endpointOf(b).host, this.endpointOf(a).host);
  }

  cutGuest(): void {
    for (const name of this.names) {
      this.network.cutLink(GUEST_HOST, this.endpointOf(name).host);
      this.network.cutLink(this.endpointOf(name).host, GUEST_HOST);
    }
  }

  /** Loss on all links of other members from and to this one. The guest's are spared. */
  loseAround(name: MemberName, loss: number): void {
    const { host } = this.endpointOf(name);
    for (const other of this.names) {
      if (other === name) continue;
      this.network.links.edit(host, this.endpointOf(other).host).loss = loss;
      this.network.links.edit(this.endpointOf(other).host, host).loss = loss;
    }
  }

  /** The guest's process does not run for so long. */
  stallGuest(forMs: Millis): void {
    this.guest.process.clock.freeze();
    this.run(forMs);
    this.guest.process.clock.thaw();
  }

  /** The guest is killed, and another one starts. */
  restartGuest(config: PoolConfig = POOL_LAN): void {
    this.guest.end();
    this.guest = this.startGuest(config);
  }

  eventsOf<K extends NodeEvent["kind"]>(
    kind: K,
    sinceMs: Millis = 0,
  ): (Of<K> & { readonly atMs: Millis })[] {
    return this.events
      .filter(({ atMs, event }) => atMs >= sinceMs && event.kind === kind)
      .map(({ atMs, event }) => ({ ...(event as Of<K>), atMs }));
  }

  /** State and phi of a member, as the guest shows them. */
  member(name: MemberName) {
    return this.watch.snapshot(this.nowMs).members.find(({ record }) => record.name === name);
  }

  states(): Readonly<Record<string, string>> {
    const { members } = this.watch.snapshot(this.nowMs);
    return Object.fromEntries(members.map(({ record, state }) => [record.name, state]));
  }

  private processOf(name: MemberName): Process {
    const process = this.running.get(name);
    if (process === undefined) throw new Error(`${name} does not run`);
    return process;
  }

  private startMember(
    name: MemberName,
    roster: readonly { readonly name: MemberName; readonly endpoint: Endpoint }[] | undefined,
  ): void {
    const endpoint = this.endpointOf(name);
    const clock = new VirtualClock(this.heap);
    const port = this.network.bind(endpoint, clock);
    if (port === undefined) throw new Error(`${name} runs already`);
    const seeds = this.names.filter((other) => other !== name && this.running.has(other));
    const node = new LifeguardNode({
      ...{ name, endpoint, clock, port },
      rng: seededRng([this.seed, 2, this.names.indexOf(name), Math.floor(this.nowMs)]),
      seeds: roster === undefined ? seeds.map((other) => this.endpointOf(other)) : [],
      onNews: (news) => this.news.push({ ...news, atMs: this.nowMs, viewer: name }),
    });
    this.running.set(name, { clock, port });
    if (roster !== undefined) node.prefill(roster);
    node.start();
  }

  private startGuest(config: PoolConfig): Guest {
    const guest = new Guest(this, config, seededRng([this.seed, 3, Math.floor(this.nowMs), 0]));
    guest.start();
    return guest;
  }
}

/** The host of a simulated guest: effects to datagrams and streams, and back. */
class Guest {
  readonly watch: PoolWatch;
  readonly process: Process;
  private readonly sim: PoolSim;
  private readonly streams: Streams;
  private readonly streamClock: VirtualClock;
  private armedForMs: Millis | undefined;

  constructor(sim: PoolSim, config: PoolConfig, rng: ReturnType<typeof seededRng>) {
    this.sim = sim;
    const clock = new VirtualClock(sim.heap);
    const endpoint = { host: GUEST_HOST, port: PORT };
    const port = sim.network.bind(endpoint, clock);
    if (port === undefined) throw new Error("a guest runs already");
    this.process = { clock, port };
    this.streamClock = new VirtualClock(sim.heap);
    this.watch = createPoolWatch({
      self: {
        ...{ name: GUEST, endpoint, startId: "0".repeat(24), incarnation: 0, tags: {} },
        ...{ services: [], api: null, protocol: { min: 1, max: 1 }, takesWires: false },
      },
      config,
      rng,
      reader: { advertised: () => ({ tags: {}, services: [] }) },
    });
    this.streams = new Streams({
      timers: new NodeTimers(this.streamClock),
      send: (to, body) =>
        port.send(Parcel.pack({ from: GUEST, body, updates: [] }), { endpoint: to }),
      answer: () => undefined,
    });
  }

  start(): void {
    this.process.port.listen({
      onDatagram: (datagram, from) => this.receive(datagram, from),
      onRefused: (member, seq) => this.step({ kind: "refused", member, seq }),
    });
    this.step({ kind: "wakeup", stalledMs: 0 });
  }

  end(): void {
    this.process.clock.end();
    this.streamClock.end();
    this.process.port.close();
  }

  private receive(datagram: Uint8Array, from: Endpoint): void {
    const { body, updates } = Parcel.open(datagram);
    if (body.kind === "ack" || body.kind === "nack") {
      this.step({ kind: "message", from, message: { kind: body.kind, seq: body.seq } });
    } else if (body.kind.startsWith("stream-")) {
      this.streams.receive(body as Parameters<Streams["receive"]>[0], from);
    }
    for (const update of updates) this.step({ kind: "message", from, message: toMessage(update) });
  }

  private step(input: PoolInput): void {
    const nowMs = this.sim.nowMs;
    for (const effect of this.watch.step(nowMs, input)) this.perform(effect);
    this.arm();
  }

  private perform(effect: PoolEffect): void {
    const { nowMs } = this.sim;
    switch (effect.kind) {
      case "event":
        this.sim.events.push({ atMs: nowMs, event: effect.event });
        if (effect.event.kind === "seeds-wanted") this.dialSeeds();
        return;
      case "send": {
        this.sim.sent.push({ atMs: nowMs, effect });
        const { to, message } = effect;
        const body = message.kind === "ping" ? message : { ...message, kind: "ping-req" as const };
        const probe = to.probe === true ? { probeSeq: message.seq } : {};
        const member = to.member === undefined ? {} : { member: to.member };
        const parcel = Parcel.pack({ from: GUEST, body, updates: [] });
        this.process.port.send(parcel, { endpoint: to.endpoint, ...member, ...probe });
        return;
      }
      case "push-pull":
        this.sim.sent.push({ atMs: nowMs, effect });
        this.pull(effect.member, effect.endpoint);
    }
  }

  private dialSeeds(): void {
    const [first] = this.sim.names;
    const seeds = first === undefined ? [] : [this.sim.endpointOf(first)];
    this.sim.heap.at(this.sim.nowMs + 1, () => this.step({ kind: "join", seeds }));
  }

  private pull(member: MemberName | null, endpoint: Endpoint): void {
    this.streams.request(endpoint, { kind: "list", members: [] }, 3000, (response) => {
      if (response?.kind !== "list") {
        const failure = { failure: "silent", why: "no answer within 3 s" } as const;
        this.step({ kind: "push-pull-failed", member, from: endpoint, ...failure });
        return;
      }
      const members = response.members.map((listed) => ({
        record: toRecord(listed.member, listed.endpoint, listed.incarnation),
        state: listed.state,
      }));
      const view = { isJoin: false, members, userState: new Uint8Array() };
      this.step({ kind: "push-pull", member, from: endpoint, view });
    });
  }

  private arm(): void {
    const { clock } = this.process;
    const { nowMs } = this.sim;
    if (this.armedForMs !== undefined && this.armedForMs <= nowMs) return;
    const wantedAtMs = this.watch.nextWakeupAt();
    if (wantedAtMs === undefined) return;
    this.armedForMs = Math.max(wantedAtMs, nowMs);
    clock.wakeAt(this.armedForMs, () => this.wake());
  }

  private wake(): void {
    const lateMs = this.sim.nowMs - (this.armedForMs ?? this.sim.nowMs);
    this.armedForMs = undefined;
    const { clock } = this.process;
    if (lateMs <= STALL_MS_MIN) this.step({ kind: "wakeup", stalledMs: 0 });
    else clock.nextTurn(() => this.step({ kind: "wakeup", stalledMs: lateMs }));
  }
}

function hostOf(number: number): string {
  return `10.0.${Math.floor(number / 200)}.${1 + (number % 200)}`;
}

function toRecord(name: MemberName, endpoint: Endpoint, incarnation: number): PoolRecord {
  const versions = Uint8Array.of(1, 5, 2, 2, 5, 4);
  return { name, endpoint, incarnation, meta: new Uint8Array(), versions };
}

function toMessage(update: BaselineUpdate): PoolMessage {
  if (update.kind === "alive") {
    return { kind: "alive", record: toRecord(update.member, update.endpoint, update.incarnation) };
  }
  const { kind, member, incarnation, from } = update;
  return { kind, member, incarnation, by: from };
}

/** A pool with a guest that has known it for ten periods. */
export function calmPool(size: number, seed = 1): PoolSim {
  const sim = new PoolSim(size, { seed });
  sim.run(10 * POOL_LAN.probeIntervalMs);
  return sim;
}
