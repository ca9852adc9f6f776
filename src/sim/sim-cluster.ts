import { checkNodeConfig, type NodeConfig, PROFILES, type ProfileName } from "../core/config.ts";
import type { NodeEvent } from "../core/effect.ts";
import { invariant } from "../core/errors.ts";
import type { Input } from "../core/input.ts";
import type {
  Endpoint,
  MemberName,
  MemberRecord,
  MemberState,
  Millis,
  Service,
  StartId,
  Tags,
} from "../core/member.ts";
import { type Rng, seededRng } from "../core/primitives/rng.ts";
import type { MemberExplanation, NodeSnapshot } from "../core/snapshot.ts";
import type { HostCounters } from "../host/host-counters.ts";
import { type Codec, createCodec } from "../wire/codec.ts";
import { EventHeap } from "./event-heap.ts";
import { SimProcess } from "./sim-process.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { type LinkDelay, VirtualNetwork } from "./virtual-network.ts";

export interface SimClusterOptions {
  /** Unsigned 32 bits. Everything that happens follows from it and from the calls. */
  readonly rngSeed: number;
  /** `lan` unless given. */
  readonly profile?: ProfileName;
  /** Values that differ from the profile's, for every process. */
  readonly config?: Partial<NodeConfig>;
  readonly delay?: LinkDelay;
}

export interface SimStartOptions {
  /** Processes whose endpoints are dialled, running or not; none: a cluster of one. */
  readonly seeds?: readonly string[];
  /** The member's name where it is not the process's: two processes may claim one name. */
  readonly member?: MemberName;
  /** Its own address unless given: a process may take over the port of another that ended. */
  readonly endpoint?: Endpoint;
  readonly startId?: StartId;
  /** The second of its start unless given. */
  readonly incarnation?: number;
  readonly tags?: Tags;
  readonly services?: readonly Service[];
  readonly config?: Partial<NodeConfig>;
}

export interface SimEvent {
  readonly atMs: Millis;
  /** The process that tells it. */
  readonly node: string;
  readonly event: NodeEvent;
}

/** A LAN: well under a millisecond, and datagrams overtake each other at times. */
const LAN_DELAY: LinkDelay = { latencyMs: 0.2, jitterMs: 0.3 };

/** The wall clock's second when virtual time is 0. */
const WALL_START_SECONDS = 1_750_000_000;

const GOSSIP_PORT = 7946;

/** How exactly `runUntil` measures. What happened when, to the microsecond, stands in `events`. */
const CHECK_EVERY_MS = 10;

const STREAM = { network: 1, node: 2, startId: 3 } as const;

/**
 * A cluster of real NodeHosts with the real codec in virtual time. Names are of processes; unless
 * told otherwise a process is the member of that name, on a host of its own. Nothing happens
 * between calls of `run` and `runUntil`.
 */
export class SimCluster {
  readonly events: SimEvent[] = [];
  readonly network: VirtualNetwork;

  private readonly rngSeed: number;
  private readonly config: NodeConfig;
  private readonly heap = new EventHeap();
  private readonly codec: Codec = createCodec({ clusterLabel: "simulated" });
  private readonly startIdRng: Rng;
  private readonly processes = new Map<string, SimProcess>();
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly startOptions = new Map<string, SimStartOptions>();
  private startsSoFar = 0;

  constructor({ rngSeed, profile = "lan", config = {}, delay = LAN_DELAY }: SimClusterOptions) {
    this.rngSeed = rngSeed;
    this.config = { ...PROFILES[profile], ...config };
    this.network = new VirtualNetwork({ heap: this.heap, rng: this.stream(STREAM.network), delay });
    this.startIdRng = this.stream(STREAM.startId);
  }

  get nowMs(): Millis {
    return this.heap.nowMs;
  }

  /** Processes that run, frozen ones included, in the order of their first start. */
  get running(): string[] {
    return [...this.processes.keys()];
  }

  start(name: string, options: SimStartOptions = {}): void {
    invariant(
      !this.processes.has(name),
      `process ${name} runs already; kill it or choose another name`,
    );
    if (options.endpoint !== undefined) this.endpoints.set(name, options.endpoint);
    this.startOptions.set(name, options);
    const process = this.createProcess(name, options);
    this.processes.set(name, process);
    process.start();
  }

  /** Starts all at once, the others with the first as their seed. */
  startAll(names: readonly string[], options: SimStartOptions = {}): void {
    const [first, ...others] = names;
    if (first === undefined) return;
    this.start(first, options);
    for (const name of others) this.start(name, { ...options, seeds: [first] });
  }

  /** As SIGKILL: the host lives on and refuses probes. */
  kill(name: string): void {
    this.process(name).end();
    this.processes.delete(name);
  }

  /** As a power cut: the process is gone and the host is silent. */
  crashHost(name: string): void {
    this.kill(name);
    this.network.takeDown(this.endpointOf(name).host);
  }

  freeze(name: string): void {
    this.process(name).clock.freeze();
  }

  thaw(name: string): void {
    this.process(name).clock.thaw();
  }

  /**
   * Kills it if it runs, and starts it at its endpoint again, by default as it was started before.
   */
  restart(name: string, changes: SimStartOptions = {}): void {
    if (this.processes.has(name)) this.kill(name);
    const { startId: _, incarnation: __, ...before } = this.startOptions.get(name) ?? {};
    this.start(name, { ...before, ...changes });
  }

  /** Says goodbye; the process ends when its node has left. */
  leave(name: string): void {
    this.submit(name, { kind: "leave" });
  }

  /** Hands the node an input; a frozen process takes it when it thaws. */
  submit(name: string, input: Input): void {
    const { clock, host } = this.process(name);
    clock.deliver(() => host.submit(input));
  }

  /**
   * Members of different groups no longer reach each other; those in no group form one of their
   * own.
   */
  partition(groups: readonly (readonly string[])[]): void {
    this.network.partition(groups.map((names) => names.map((name) => this.endpointOf(name).host)));
  }

  /** Cuts one direction. */
  cut(from: string, to: string): void {
    this.network.cutLink(this.endpointOf(from).host, this.endpointOf(to).host);
  }

  /** Removes cuts and partitions. */
  heal(): void {
    this.network.heal();
  }

  /** The probability that a datagram is lost, on every link. */
  loss(probability: number): void {
    this.network.setLoss(probability);
  }

  run(forMs: Millis): void {
    this.heap.runUntil(this.nowMs + forMs);
  }

  /**
   * Runs until `predicate` holds, looked at every 10 ms; the time it took, or undefined where it
   * never did.
   */
  runUntil(predicate: () => boolean, withinMs: Millis): Millis | undefined {
    const startMs = this.nowMs;
    const endMs = startMs + withinMs;
    while (!predicate()) {
      if (this.nowMs >= endMs) return undefined;
      this.heap.runUntil(Math.min(this.nowMs + CHECK_EVERY_MS, endMs));
    }
    return this.nowMs - startMs;
  }

  /** All states in one node's view, itself included, by member. */
  view(viewer: string): Record<MemberName, MemberState> {
    const { members } = this.snapshot(viewer);
    return Object.fromEntries(members.map(({ record, state }) => [record.name, state]));
  }

  /**
   * One state in one node's view as its events told it: cheap enough to ask of everybody at every
   * look.
   */
  sees(viewer: string, subject: MemberName): MemberState | undefined {
    return this.process(viewer).told.get(subject);
  }

  /** Whether all that run (but `subject`'s own processes) see `subject` in that state. */
  allSee(subject: MemberName, state: MemberState): boolean {
    for (const process of this.processes.values()) {
      if (process.member !== subject && process.told.get(subject) !== state) return false;
    }
    return true;
  }

  /** Whether all views are equal, and everybody that runs is alive in them. */
  isConverged(): boolean {
    const all = [...this.processes.values()];
    const members = new Set(all.map(({ member }) => member));
    for (const { told } of all) {
      for (const member of members) if (told.get(member) !== "alive") return false;
    }
    return new Set(all.map(({ host }) => host.snapshot().viewDigest)).size <= 1;
  }

  snapshot(viewer: string): NodeSnapshot {
    return this.process(viewer).host.snapshot();
  }

  explain(viewer: string, subject: MemberName): MemberExplanation | undefined {
    return this.process(viewer).host.explain(subject);
  }

  counters(name: string): HostCounters {
    return this.process(name).host.counters;
  }

  /** Where a process listens, or will when it is started. */
  endpointOf(name: string): Endpoint {
    const known = this.endpoints.get(name);
    if (known !== undefined) return known;
    const endpoint = addressOfIndex(this.endpoints.size + 1);
    this.endpoints.set(name, endpoint);
    return endpoint;
  }

  private createProcess(name: string, options: SimStartOptions): SimProcess {
    const endpoint = this.endpointOf(name);
    const config = { ...this.config, ...options.config };
    const complaint = checkNodeConfig(config);
    invariant(complaint === undefined, `${complaint}`);
    const clock = new VirtualClock(this.heap);
    const port = this.network.bind(endpoint, clock);
    invariant(port !== undefined, `the port of ${name} is taken`);
    this.startsSoFar++;
    const { seeds } = options;
    return new SimProcess({
      self: this.recordOf(name, endpoint, options),
      config,
      rng: this.stream(STREAM.node, this.startsSoFar),
      codec: this.codec,
      clock,
      port,
      resolveSeeds: seeds && (() => seeds.map((seed) => this.endpointOf(seed))),
      onEvent: (event) => this.record(name, event),
    });
  }

  private recordOf(name: string, endpoint: Endpoint, options: SimStartOptions): MemberRecord {
    const startSecond = WALL_START_SECONDS + Math.floor(this.nowMs / 1000);
    return {
      name: options.member ?? name,
      endpoint,
      startId: options.startId ?? hex32(startSecond) + this.randomHex() + this.randomHex(),
      incarnation: options.incarnation ?? startSecond,
      tags: options.tags ?? {},
      services: options.services ?? [],
      api: null,
      protocol: { min: 1, max: 1 },
    };
  }

  private record(name: string, event: NodeEvent): void {
    this.events.push({ atMs: this.nowMs, node: name, event });
    if (!endsProcess(event)) return;
    const process = this.process(name);
    // After the effects of the present step, of which some may still be goodbyes.
    this.heap.at(this.nowMs, () => {
      if (this.processes.get(name) === process) this.kill(name);
    });
  }

  private process(name: string): SimProcess {
    const process = this.processes.get(name);
    invariant(process !== undefined, `no process ${name} runs; running: ${this.running.join(" ")}`);
    return process;
  }

  private randomHex(): string {
    return hex32(Math.floor(this.startIdRng.next() * 0x1_0000_0000));
  }

  private stream(purpose: number, index = 0): Rng {
    return seededRng([this.rngSeed, purpose, index, 0]);
  }
}

/**
 * As the daemon: it ends when it has left, when an older owner has its name, and when the cluster
 * refuses it.
 */
function endsProcess(event: NodeEvent): boolean {
  if (event.kind === "name-conflict") return event.mustYield;
  return event.kind === "left" || event.kind === "join-refused";
}

function addressOfIndex(index: number): Endpoint {
  return { host: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, port: GOSSIP_PORT };
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, "0");
}
