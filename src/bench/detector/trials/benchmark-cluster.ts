import type { NodeConfig, ProfileName } from "../../../core/config.ts";
import { invariant } from "../../../core/errors.ts";
import { isPresent, type MemberName, type Millis } from "../../../core/member.ts";
import { type Rng, seededRng } from "../../../core/primitives/rng.ts";
import { EventHeap } from "../../../sim/event-heap.ts";
import { NETWORKS } from "../../../sim/network-model.ts";
import { VirtualClock } from "../../../sim/virtual-clock.ts";
import { VirtualCluster } from "../../../sim/virtual-cluster.ts";
import type { VirtualPort } from "../../../sim/virtual-port.ts";
import type { BeliefNews, CandidateName, CandidateProcess } from "../candidates/candidate.ts";
import { CANDIDATES } from "../candidates/candidates.ts";
import { BenchmarkPort, type TrafficTally } from "./benchmark-port.ts";
import { Losses } from "./losses.ts";
import { hostOf, rosterEntry } from "./roster.ts";

/** What TCP and IP put before what a segment carries, in bytes; SYNs have some more. */
const SEGMENT_HEADER_BYTES = 40;

/** What was sent so far, and for how much running time of all nodes together. */
export interface Usage extends Readonly<TrafficTally> {
  readonly nodeMs: Millis;
}

/** What a simulated cluster of a trial is made of. */
export interface BenchmarkClusterOptions {
  readonly candidate: CandidateName;
  /** Members that know each other from the beginning. */
  readonly size: number;
  /** A letter and a number each; `n0`, `n1`, … unless given. */
  readonly names?: readonly MemberName[];
  /** Unsigned 32 bits; everything follows from it and from the calls. */
  readonly rngSeed: number;
  /** `lan` unless given; hearsay alone has others. */
  readonly profile?: ProfileName;
  /** Values that differ from the profile's, for hearsay alone. */
  readonly config?: Partial<NodeConfig>;
  /** Factor on the intervals of `lifeguard-same-traffic`; 1 unless given. */
  readonly pace?: number;
}

/** A change of one process's view, with who tells it. */
export interface ViewChange extends BeliefNews {
  readonly atMs: Millis;
  readonly viewer: MemberName;
}

/** What is called back as views change. */
export interface ViewListener {
  readonly onChange?: (change: ViewChange) => void;
  /** It reached the viewer that the member is frozen. */
  readonly onFrozen?: (news: Pick<ViewChange, "atMs" | "viewer" | "member">) => void;
}

interface Running {
  readonly process: CandidateProcess;
  readonly clock: VirtualClock;
  readonly port: VirtualPort;
  /** Members whom this process believes dead, and how many it holds present, itself left out. */
  readonly dead: Set<MemberName>;
  present: number;
}

const STREAM = { network: 1, node: 2, tcp: 3, workload: 4 } as const;

/**
 * Processes of one candidate on the simulator's machines, with the faults that the workloads need.
 * Every candidate meets the same faults through the same calls.
 *
 * It does not stand behind the port of `src/cluster`, for three reasons. A trial acts at exact moments
 * of virtual time, between two datagrams, and the port answers with promises, which the layers that
 * must be deterministic may not await. The port's faults act at the sending daemon and draw other
 * chance; a baseline has no daemon. And its table keeps each belief and each event of each view,
 * where a trial needs who is dead and how many are present: with 512 nodes that would be 40 MB and
 * most of a second more before the first fault.
 */
export class BenchmarkCluster extends VirtualCluster {
  readonly names: readonly MemberName[];
  /** Chance for the workloads: victims, phases. */
  readonly rng: Rng;

  private readonly options: BenchmarkClusterOptions;
  private readonly losses: Losses;
  private readonly running = new Map<MemberName, Running>();
  private readonly listeners: ViewListener[] = [];
  private readonly traffic: TrafficTally = { datagrams: 0, segments: 0, bytes: 0 };
  private startsSoFar = 0;
  private isBeginning = false;
  private nodeMs: Millis = 0;
  private countedUntilMs: Millis = 0;

  constructor(options: BenchmarkClusterOptions) {
    const stream = (purpose: number): Rng => rngStream(options.rngSeed, purpose);
    super({
      heap: new EventHeap(),
      delay: NETWORKS.lan.delay,
      rngs: { network: stream(STREAM.network), tcp: stream(STREAM.tcp) },
    });
    this.options = options;
    const { size, names = Array.from({ length: size }, (_, index) => `n${index}`) } = options;
    this.names = names;
    this.rng = stream(STREAM.workload);
    this.losses = new Losses(this.network, this.names.map(hostOf));
  }

  get runningNames(): MemberName[] {
    return [...this.running.keys()];
  }

  usage(): Usage {
    this.countRunning();
    const { datagrams, segments, bytes } = this.traffic;
    const { sent } = this.tcp.segments.counters;
    return {
      ...{ datagrams, segments: segments + sent, nodeMs: this.nodeMs },
      bytes: bytes + SEGMENT_HEADER_BYTES * (segments + sent),
    };
  }

  /** Calls back on what happens in every view. */
  listen(listener: ViewListener): void {
    this.listeners.push(listener);
  }

  /** Starts all members, each with the whole list in its table. */
  startConverged(): void {
    const roster = this.names.map(rosterEntry);
    this.isBeginning = true;
    for (const name of this.names) this.create(name, []).process.start(roster);
    this.isBeginning = false;
  }

  /** Starts a process that joins through `seeds`. */
  start(name: MemberName, seeds: readonly MemberName[]): void {
    this.create(name, seeds).process.start();
  }

  kill(name: MemberName): void {
    const { process, clock, port } = this.get(name);
    this.countRunning();
    process.end(() => port.close());
    clock.end();
    this.running.delete(name);
  }

  isRunning(name: MemberName): boolean {
    return this.running.has(name);
  }

  /** Ended ones are let be. */
  freezeFor(name: MemberName, forMs: Millis): void {
    const clock = this.running.get(name)?.clock;
    clock?.freeze();
    this.in(forMs, () => clock?.thaw());
  }

  pauseMachineFor(name: MemberName, forMs: Millis): void {
    this.pauseMachine(name);
    this.in(forMs, () => this.resumeMachine(name));
  }

  /**
   * The share that one host loses of what it sends or is sent, datagrams and segments, its links
   * to all others alike.
   */
  lose(name: MemberName, direction: "egress" | "ingress" | "both", share: number): void {
    this.losses.lose(hostOf(name), direction, share);
  }

  override loss(share: number): void {
    this.losses.loseEverywhere(share);
  }

  /** Whether a partition lies between them. */
  isApart(a: MemberName, b: MemberName): boolean {
    return this.network.links.isCut(hostOf(a), hostOf(b));
  }

  /** Whether all that run hold each other, and nobody else, present. */
  isWhole(): boolean {
    const others = this.running.size - 1;
    for (const { present } of this.running.values()) if (present !== others) return false;
    return true;
  }

  seesDead(viewer: MemberName, subject: MemberName): boolean {
    return this.get(viewer).dead.has(subject);
  }

  /** Calls at a later time. */
  in(afterMs: Millis, call: () => void): void {
    this.heap.at(this.nowMs + afterMs, call);
  }

  protected hostOf(name: MemberName): string {
    return hostOf(name);
  }

  protected clockOf(name: MemberName): VirtualClock {
    return this.get(name).clock;
  }

  private create(name: MemberName, seeds: readonly MemberName[]): Running {
    invariant(!this.running.has(name), `${name} runs already`);
    const self = rosterEntry(name);
    const clock = new VirtualClock(this.heap);
    this.tcp.clear(self.endpoint);
    const port = this.network.bind(self.endpoint, clock);
    invariant(port !== undefined, `the port of ${name} is taken`);
    const start = this.startsSoFar++;
    const dead = new Set<MemberName>();
    const process = CANDIDATES[this.options.candidate]({
      ...{ self, clock, port: new BenchmarkPort(port, this.traffic), tcp: this.tcp },
      profile: this.options.profile ?? "lan",
      config: this.options.config ?? {},
      pace: this.options.pace ?? 1,
      rng: rngStream(this.options.rngSeed, STREAM.node, start),
      seeds: seeds.map((seed) => rosterEntry(seed).endpoint),
      onNews: (news) => this.tell(running, name, news),
      onFrozen: (member) => this.tellFrozen(name, member),
    });
    const running: Running = { process, clock, port, dead, present: 0 };
    this.countRunning();
    this.running.set(name, running);
    return running;
  }

  private tell(running: Running, viewer: MemberName, news: BeliefNews): void {
    const { member, from, to } = news;
    if (member === viewer) return;
    running.present += Number(isPresent(to)) - Number(from !== null && isPresent(from));
    if (to === "dead") running.dead.add(member);
    else running.dead.delete(member);
    // What everybody knows from the beginning is no news.
    if (this.isBeginning) return;
    for (const listener of this.listeners) {
      const { incarnation } = news;
      listener.onChange?.({ atMs: this.nowMs, viewer, member, from, to, incarnation });
    }
  }

  private tellFrozen(viewer: MemberName, member: MemberName): void {
    for (const listener of this.listeners) {
      listener.onFrozen?.({ atMs: this.nowMs, viewer, member });
    }
  }

  private countRunning(): void {
    this.nodeMs += this.running.size * (this.nowMs - this.countedUntilMs);
    this.countedUntilMs = this.nowMs;
  }

  private get(name: MemberName): Running {
    const running = this.running.get(name);
    invariant(running !== undefined, `${name} does not run`);
    return running;
  }
}

function rngStream(rngSeed: number, purpose: number, index = 0): Rng {
  return seededRng([rngSeed, purpose, index, 0]);
}
