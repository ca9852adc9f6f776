import type { NodeConfig, ProfileName } from "../../../core/config.ts";
import { invariant } from "../../../core/errors.ts";
import { isPresent, type MemberName, type Millis } from "../../../core/member.ts";
import { type Rng, seededRng } from "../../../core/primitives/rng.ts";
import { EventHeap } from "../../../sim/event-heap.ts";
import { NETWORKS } from "../../../sim/network-model.ts";
import { TcpNetwork } from "../../../sim/tcp/tcp-network.ts";
import { VirtualClock } from "../../../sim/virtual-clock.ts";
import { VirtualNetwork } from "../../../sim/virtual-network.ts";
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
 * Processes of one candidate on the simulator's network and clock, with the faults that the
 * workloads need. Every candidate meets the same faults through the same calls.
 */
export class BenchmarkCluster {
  readonly names: readonly MemberName[];
  /** Chance for the workloads: victims, phases. */
  readonly rng: Rng;

  private readonly options: BenchmarkClusterOptions;
  private readonly heap = new EventHeap();
  private readonly network: VirtualNetwork;
  private readonly tcp: TcpNetwork;
  private readonly losses: Losses;
  private readonly running = new Map<MemberName, Running>();
  private readonly listeners: ViewListener[] = [];
  private sides: ReadonlyMap<MemberName, number> | undefined;
  private readonly traffic: TrafficTally = { datagrams: 0, segments: 0, bytes: 0 };
  private startsSoFar = 0;
  private isBeginning = false;
  private nodeMs: Millis = 0;
  private countedUntilMs: Millis = 0;

  constructor(options: BenchmarkClusterOptions) {
    this.options = options;
    this.names = Array.from({ length: options.size }, (_, index) => `n${index}`);
    this.rng = this.stream(STREAM.workload, 0);
    const rng = this.stream(STREAM.network, 0);
    this.network = new VirtualNetwork({ heap: this.heap, rng, delay: NETWORKS.lan.delay });
    const { paths, power } = this.network;
    this.tcp = new TcpNetwork({
      ...{ heap: this.heap, paths, power },
      rng: this.stream(STREAM.tcp, 0),
    });
    this.losses = new Losses(this.network, this.names.map(hostOf));
  }

  get nowMs(): Millis {
    return this.heap.nowMs;
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

  /** The process ends; its host lives and refuses. */
  kill(name: MemberName): void {
    const { process, clock, port } = this.get(name);
    this.countRunning();
    process.end(() => port.close());
    clock.end();
    this.running.delete(name);
  }

  /** The whole host falls silent. */
  crashHost(name: MemberName): void {
    this.kill(name);
    this.network.takeDown(hostOf(name));
  }

  isRunning(name: MemberName): boolean {
    return this.running.has(name);
  }

  /**
   * Stops the process for `forMs`, while its kernel goes on: what it is sent waits in its buffer.
   * Ended ones are let be.
   */
  freeze(name: MemberName, forMs: Millis): void {
    const running = this.running.get(name);
    if (running === undefined) return;
    running.clock.freeze();
    this.in(forMs, () => running.clock.thaw());
  }

  /** The same with its kernel: the machine is silent, and what it is sent meanwhile is lost. */
  pauseMachine(name: MemberName, forMs: Millis): void {
    const { clock } = this.get(name);
    this.network.power.pause(hostOf(name));
    clock.freeze("machine");
    this.in(forMs, () => {
      this.network.power.resume(hostOf(name));
      clock.thaw("machine");
    });
  }

  /**
   * The share that one host loses of what it sends or is sent, datagrams and segments, its links
   * to all others alike.
   */
  lose(name: MemberName, direction: "egress" | "ingress" | "both", share: number): void {
    this.losses.lose(hostOf(name), direction, share);
  }

  /** The share of all datagrams and segments lost on every link. */
  loss(share: number): void {
    this.losses.loseEverywhere(share);
  }

  /** Cuts these members off from all others, both ways. */
  partition(names: readonly MemberName[]): void {
    this.sides = new Map(names.map((name) => [name, 1]));
    this.network.partition([names.map(hostOf)]);
  }

  heal(): void {
    this.sides = undefined;
    this.network.links.unite();
  }

  /** Whether a partition lies between them. */
  isApart(a: MemberName, b: MemberName): boolean {
    return this.sides !== undefined && this.sides.get(a) !== this.sides.get(b);
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

  run(forMs: Millis): void {
    this.heap.runUntil(this.nowMs + forMs);
  }

  /** Runs in small steps until `isDone`, at most `withinMs`. Whether it was done. */
  runUntil(isDone: () => boolean, withinMs: Millis, stepMs: Millis = 100): boolean {
    const endMs = this.nowMs + withinMs;
    while (!isDone() && this.nowMs < endMs) this.run(Math.min(stepMs, endMs - this.nowMs));
    return isDone();
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
      rng: this.stream(STREAM.node, start),
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

  private stream(purpose: number, index: number): Rng {
    return seededRng([this.options.rngSeed, purpose, index, 0]);
  }
}
