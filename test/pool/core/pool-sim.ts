import type { BaselineUpdate } from "../../../src/bench/detector/baselines/baseline-message.ts";
import { NodeTimers } from "../../../src/bench/detector/baselines/node-timers.ts";
import { Parcel } from "../../../src/bench/detector/baselines/parcel.ts";
import { Streams } from "../../../src/bench/detector/baselines/stream.ts";
import {
  BenchmarkCluster,
  type ViewChange,
} from "../../../src/bench/detector/trials/benchmark-cluster.ts";
import { rosterEntry } from "../../../src/bench/detector/trials/roster.ts";
import { STALL_MS_MIN } from "../../../src/core/detection/stalls.ts";
import type { NodeEvent } from "../../../src/core/effect.ts";
import type { Endpoint, MemberName, Millis } from "../../../src/core/member.ts";
import { type Rng, seededRng } from "../../../src/core/primitives/rng.ts";
import type { PoolConfig } from "../../../src/pool/core/pool-config.ts";
import { POOL_LAN } from "../../../src/pool/core/pool-config.ts";
import type { PoolEffect } from "../../../src/pool/core/pool-effect.ts";
import type { PoolInput } from "../../../src/pool/core/pool-input.ts";
import { createPoolWatch, type PoolWatch } from "../../../src/pool/core/pool-watch.ts";
import type { PoolMessage, PoolRecord } from "../../../src/pool/wire/messages.ts";
import type { EventHeap } from "../../../src/sim/event-heap.ts";
import { VirtualClock } from "../../../src/sim/virtual-clock.ts";
import type { VirtualPort } from "../../../src/sim/virtual-port.ts";

const GUEST_ENDPOINT: Endpoint = { host: "10.255.0.1", port: 7946 };
export const GUEST = "guest";

type Of<K extends NodeEvent["kind"]> = Extract<NodeEvent, { readonly kind: K }>;

/** Real memberlist rules on the simulator's network, and a guest beside them. */
export class PoolSim extends BenchmarkCluster {
  /** What the members believed, in order. */
  readonly news: ViewChange[] = [];
  /** What the guest reported, in order. */
  readonly events: { readonly atMs: Millis; readonly event: NodeEvent }[] = [];
  /** What the guest sent, by kind and receiver. */
  readonly sent: { readonly atMs: Millis; readonly effect: PoolEffect }[] = [];
  private readonly seed: number;
  private guest: Guest;

  constructor(
    size: number,
    { seed = 1, config = POOL_LAN }: { seed?: number; config?: PoolConfig } = {},
  ) {
    const names = Array.from({ length: size }, (_, index) => `m${index + 1}`);
    super({ candidate: "lifeguard", size, names, rngSeed: seed });
    this.seed = seed;
    this.listen({ onChange: (change) => this.news.push(change) });
    this.startConverged();
    this.guest = this.startGuest(config);
  }

  get watch(): PoolWatch {
    return this.guest.watch;
  }

  /** Starts the member anew, with the others as its seeds. */
  restart(name: MemberName): void {
    this.start(name, this.runningNames);
  }

  /** Both directions between two members. */
  cut(a: MemberName, b: MemberName): void {
    this.cutHosts(this.hostOf(a), this.hostOf(b));
  }

  cutGuest(): void {
    for (const name of this.names) this.cutHosts(GUEST_ENDPOINT.host, this.hostOf(name));
  }

  /** The guest's process does not run for so long. */
  stallGuest(forMs: Millis): void {
    this.guest.clock.freeze();
    this.run(forMs);
    this.guest.clock.thaw();
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

  private cutHosts(a: string, b: string): void {
    this.network.cutLink(a, b);
    this.network.cutLink(b, a);
  }

  private startGuest(config: PoolConfig): Guest {
    const rng = seededRng([this.seed, 3, Math.floor(this.nowMs), 0]);
    const guest = new Guest({ sim: this, heap: this.heap, config, rng });
    guest.start();
    return guest;
  }
}

interface GuestOptions {
  readonly sim: PoolSim;
  readonly heap: EventHeap;
  readonly config: PoolConfig;
  readonly rng: Rng;
}

/** The host of a simulated guest: effects to datagrams and streams, and back. */
class Guest {
  readonly watch: PoolWatch;
  readonly clock: VirtualClock;
  private readonly port: VirtualPort;
  private readonly sim: PoolSim;
  private readonly heap: EventHeap;
  private readonly streams: Streams;
  private readonly streamClock: VirtualClock;
  private armedForMs: Millis | undefined;

  constructor({ sim, heap, config, rng }: GuestOptions) {
    this.sim = sim;
    this.heap = heap;
    const endpoint = GUEST_ENDPOINT;
    this.clock = new VirtualClock(heap);
    const port = sim.network.bind(endpoint, this.clock);
    if (port === undefined) throw new Error("a guest runs already");
    this.port = port;
    this.streamClock = new VirtualClock(heap);
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
    this.port.listen({
      onDatagram: (datagram, from) => this.receive(datagram, from),
      onRefused: (member, seq) => this.step({ kind: "refused", member, seq }),
    });
    this.step({ kind: "wakeup", stalledMs: 0 });
  }

  end(): void {
    this.clock.end();
    this.streamClock.end();
    this.port.close();
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
        this.port.send(parcel, { endpoint: to.endpoint, ...member, ...probe });
        return;
      }
      case "push-pull":
        this.sim.sent.push({ atMs: nowMs, effect });
        this.pull(effect.member, effect.endpoint);
    }
  }

  private dialSeeds(): void {
    const [first] = this.sim.names;
    const seeds = first === undefined ? [] : [rosterEntry(first).endpoint];
    this.heap.at(this.sim.nowMs + 1, () => this.step({ kind: "join", seeds }));
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
    const { clock } = this;
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
    const { clock } = this;
    if (lateMs <= STALL_MS_MIN) this.step({ kind: "wakeup", stalledMs: 0 });
    else clock.nextTurn(() => this.step({ kind: "wakeup", stalledMs: lateMs }));
  }
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
