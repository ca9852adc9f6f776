import type { NodeConfig, ProfileName } from "../../../core/config.ts";
import { invariant } from "../../../core/errors.ts";
import { isPresent, type MemberName, type Millis } from "../../../core/member.ts";
import { type Rng, seededRng } from "../../../core/primitives/rng.ts";
import { EventHeap } from "../../../sim/event-heap.ts";
import { NETWORKS } from "../../../sim/network-model.ts";
import { VirtualClock } from "../../../sim/virtual-clock.ts";
import { VirtualNetwork } from "../../../sim/virtual-network.ts";
import type { VirtualPort } from "../../../sim/virtual-port.ts";
import type {
  BeliefNews,
  CandidateName,
  CandidateProcess,
  RosterEntry,
} from "../candidates/candidate.ts";
import { CANDIDATES } from "../candidates/candidates.ts";
import { BenchmarkPort, type TrafficTally } from "./benchmark-port.ts";

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
}

/** A change of one process's view, with who tells it. */
export interface ViewChange extends BeliefNews {
  readonly atMs: Millis;
  readonly viewer: MemberName;
}

interface Running {
  readonly process: CandidateProcess;
  readonly clock: VirtualClock;
  readonly port: VirtualPort;
  readonly gate: BenchmarkPort;
  /** Members whom this process believes dead, and how many it holds present, itself left out. */
  readonly dead: Set<MemberName>;
  present: number;
}

const GOSSIP_PORT = 7946;
const STREAM = { network: 1, node: 2, fault: 3, workload: 4 } as const;

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
  private readonly running = new Map<MemberName, Running>();
  private readonly listeners: ((news: ViewChange) => void)[] = [];
  private sides: ReadonlyMap<MemberName, number> | undefined;
  private readonly traffic: TrafficTally = { datagrams: 0, bytes: 0 };
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
  }

  get nowMs(): Millis {
    return this.heap.nowMs;
  }

  get runningNames(): MemberName[] {
    return [...this.running.keys()];
  }

  usage(): Usage {
    this.countRunning();
    return { ...this.traffic, nodeMs: this.nodeMs };
  }

  /** Calls back on every change of every view. */
  listen(listener: (news: ViewChange) => void): void {
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
    process.end();
    clock.end();
    port.close();
    this.running.delete(name);
  }

  /** The whole host falls silent. */
  crashHost(name: MemberName): void {
    this.kill(name);
    this.network.takeDown(rosterEntry(name).endpoint.host);
  }

  isRunning(name: MemberName): boolean {
    return this.running.has(name);
  }

  /** Stops the process for `forMs`; what it is sent waits in its buffer. Ended ones are let be. */
  freeze(name: MemberName, forMs: Millis): void {
    const running = this.running.get(name);
    if (running === undefined) return;
    running.clock.freeze();
    this.in(forMs, () => running.clock.thaw());
  }

  /** The share that one process loses of what it sends or is sent, its links to all others alike. */
  lose(name: MemberName, direction: "egress" | "ingress" | "both", share: number): void {
    const { gate } = this.get(name);
    if (direction !== "ingress") gate.egressLoss = share;
    if (direction !== "egress") gate.ingressLoss = share;
  }

  /** The share lost on every link. */
  loss(share: number): void {
    this.network.setLoss(share);
  }

  /** Cuts these members off from all others, both ways. */
  partition(names: readonly MemberName[]): void {
    this.sides = new Map(names.map((name) => [name, 1]));
    this.network.partition([names.map((name) => rosterEntry(name).endpoint.host)]);
  }

  heal(): void {
    this.sides = undefined;
    this.network.heal();
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
    const port = this.network.bind(self.endpoint, clock);
    invariant(port !== undefined, `the port of ${name} is taken`);
    const start = this.startsSoFar++;
    const gate = new BenchmarkPort(port, this.stream(STREAM.fault, start), this.traffic);
    const dead = new Set<MemberName>();
    const process = CANDIDATES[this.options.candidate]({
      ...{ self, clock, port: gate },
      profile: this.options.profile ?? "lan",
      config: this.options.config ?? {},
      rng: this.stream(STREAM.node, start),
      seeds: seeds.map((seed) => rosterEntry(seed).endpoint),
      onNews: (news) => this.tell(running, name, news),
    });
    const running: Running = { process, clock, port, gate, dead, present: 0 };
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
      listener({ atMs: this.nowMs, viewer, member, from, to, incarnation: news.incarnation });
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

function rosterEntry(name: MemberName): RosterEntry {
  const index = Number(name.slice(1)) + 1;
  const host = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
  return { name, endpoint: { host, port: GOSSIP_PORT } };
}
