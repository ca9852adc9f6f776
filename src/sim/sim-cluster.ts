import { invariant } from "../core/errors.ts";
import type { Input } from "../core/input.ts";
import type { Endpoint, MemberName, MemberRecord, MemberState, Millis } from "../core/member.ts";
import type { MemberExplanation, NodeSnapshot } from "../core/snapshot.ts";
import type { HostCounters } from "../host/host-counters.ts";
import type { LinkRules } from "../transport/link-rules.ts";
import { EventHeap } from "./event-heap.ts";
import { LinkFaults } from "./link-faults.ts";
import { Machines } from "./machines.ts";
import type { LinkDelay } from "./network-model.ts";
import { rngStream, STREAM } from "./rng-streams.ts";
import type { SimClusterOptions, SimEvent, SimStartOptions } from "./sim-options.ts";
import { SimProcesses } from "./sim-processes.ts";
import { TcpNetwork } from "./tcp/tcp-network.ts";
import { TraceDigest } from "./trace-digest.ts";
import { VirtualNetwork } from "./virtual-network.ts";

/** A LAN: well under a millisecond, and datagrams overtake each other at times. */
const LAN_DELAY: LinkDelay = { latencyMs: 0.2, jitterMs: 0.3 };

/** How exactly `runUntil` measures. What happened when, to the microsecond, stands in `events`. */
const CHECK_EVERY_MS = 10;

/**
 * A cluster of real NodeHosts with the real codec in virtual time. Names are of processes; unless
 * told otherwise a process is the member of that name, on a host of its own. Nothing happens
 * between calls of `run` and `runUntil`.
 */
export class SimCluster {
  readonly events: SimEvent[] = [];
  readonly network: VirtualNetwork;
  readonly tcp: TcpNetwork;

  private readonly heap = new EventHeap();
  private readonly machines: Machines;
  private readonly processes: SimProcesses;
  private readonly trace: TraceDigest | undefined;
  private readonly startOptions = new Map<string, SimStartOptions>();

  constructor(options: SimClusterOptions) {
    const { rngSeed, delay = LAN_DELAY, network } = options;
    const keepsEvents = options.keepsEvents ?? true;
    const trace = options.isTraced === true ? new TraceDigest() : undefined;
    this.trace = trace;
    this.network = new VirtualNetwork({
      heap: this.heap,
      rng: rngStream(rngSeed, STREAM.network),
      delay,
      ...(network && { model: network }),
      ...(trace && {
        onDelivered: (from, to, datagram) => trace.delivered(this.nowMs, from, to, datagram),
      }),
    });
    this.tcp = new TcpNetwork({
      heap: this.heap,
      rng: rngStream(rngSeed, STREAM.tcp),
      paths: this.network.paths,
      power: this.network.power,
      ...(trace && { onTold: (host, what) => trace.told(this.nowMs, host, what) }),
    });
    this.machines = new Machines(rngStream(rngSeed, STREAM.startId));
    this.processes = new SimProcesses({
      options,
      heap: this.heap,
      network: this.network,
      tcp: this.tcp,
      machines: this.machines,
      onEvent: (node, event) => {
        if (keepsEvents) this.events.push({ atMs: this.nowMs, node, event });
        trace?.happened(this.nowMs, node, event);
      },
    });
  }

  get nowMs(): Millis {
    return this.heap.nowMs;
  }

  /** Of everything so far, 16 hex digits; undefined unless traced. */
  get digest(): string | undefined {
    return this.trace?.hex;
  }

  /** Processes that run, frozen ones included, in the order of their first start. */
  get running(): string[] {
    return this.processes.names;
  }

  isRunning(name: string): boolean {
    return this.processes.has(name);
  }

  /** Everybody that was ever started, in the order of their first start. */
  get known(): string[] {
    return [...this.startOptions.keys()];
  }

  start(name: string, options: SimStartOptions = {}): void {
    invariant(
      !this.processes.has(name),
      `process ${name} runs already; kill it or choose another name`,
    );
    if (options.endpoint !== undefined) this.machines.takeOver(name, options.endpoint);
    this.startOptions.set(name, options);
    const self = this.machines.newRecord(name, options, this.nowMs);
    this.processes.launch(name, self, options);
  }

  /** Starts all at once, the others with the first as their seed. */
  startAll(names: readonly string[], options: SimStartOptions = {}): void {
    const [first, ...others] = names;
    if (first === undefined) return;
    this.start(first, options);
    for (const name of others) this.start(name, { ...options, seeds: [first] });
  }

  /** Starts all at once as members that know each other, without a join. */
  startConverged(names: readonly string[], options: SimStartOptions = {}): void {
    const records = names.map((name) => this.machines.newRecord(name, options, this.nowMs));
    for (const [at, name] of names.entries()) {
      const launchOptions = { ...options, known: records };
      this.startOptions.set(name, options);
      this.processes.launch(name, records[at] as MemberRecord, launchOptions);
    }
  }

  /** As SIGKILL: the host lives on and refuses probes. */
  kill(name: string): void {
    this.processes.kill(name);
  }

  /** As a power cut: the process is gone and the host is silent. */
  crashHost(name: string): void {
    this.kill(name);
    this.network.takeDown(this.endpointOf(name).host);
  }

  freeze(name: string): void {
    this.processes.get(name).clock.freeze();
  }

  thaw(name: string): void {
    this.processes.get(name).clock.thaw();
  }

  /**
   * As a laptop that sleeps, or a virtual machine that is moved: not its process alone but its
   * kernel, too, is silent, and what comes for it meanwhile is lost.
   */
  pauseMachine(name: string): void {
    this.network.power.pause(this.endpointOf(name).host);
    if (this.isRunning(name)) this.processes.get(name).clock.freeze("machine");
  }

  resumeMachine(name: string): void {
    this.network.power.resume(this.endpointOf(name).host);
    if (this.isRunning(name)) this.processes.get(name).clock.thaw("machine");
  }

  /**
   * Kills it if it runs, and starts it at its endpoint again, by default as it was started before.
   */
  restart(name: string, changes: SimStartOptions = {}): void {
    if (this.processes.has(name)) this.kill(name);
    const { startId: _, incarnation: __, disk: ___, ...before } = this.startOptions.get(name) ?? {};
    this.start(name, { ...before, ...changes });
  }

  /** A host's next process listens at another address; hosts that knew the old one are not told. */
  move(name: string): void {
    invariant(!this.processes.has(name), `process ${name} runs; only a stopped one can move`);
    this.machines.move(name);
  }

  /** Takes a process's name out of the name service, or puts it in: its seeds are then unresolved. */
  setResolvable(name: string, isResolvable: boolean): void {
    this.machines.setResolvable(name, isResolvable);
  }

  /** Says goodbye; the process ends when its node has left. */
  leave(name: string): void {
    this.submit(name, { kind: "leave" });
  }

  /** Hands the node an input; a frozen process takes it when it thaws. */
  submit(name: string, input: Input): void {
    const { clock, host } = this.processes.get(name);
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

  /** Holds one direction's datagrams for a while, then delivers all of them at once. */
  clog(from: string, to: string, forMs: Millis): void {
    const untilMs = this.nowMs + forMs;
    this.network.clogLink(this.endpointOf(from).host, this.endpointOf(to).host, untilMs);
  }

  /** Sets the wall clock of a process's host forward, or back: it matters at the next start. */
  jumpWallClock(name: string, byMs: Millis): void {
    this.machines.jumpWallClock(name, byMs);
  }

  /** Removes cuts, clogs, partitions, filters and proxies. */
  heal(): void {
    this.network.heal();
    this.tcp.removeProxies();
  }

  /**
   * Faults of links by the names of processes, in the place of those set before. As in a daemon they
   * act at the sending end; beside them cuts, clogs and partitions stay what they are.
   */
  setLinkRules(rules: LinkRules): void {
    const nameOf = (host: string) => this.machines.nameOf(host);
    this.network.setFaults(rules.length === 0 ? undefined : new LinkFaults(rules, nameOf));
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
    return this.processes.get(viewer).told.get(subject);
  }

  /** Whether all that run (but `subject`'s own processes) see `subject` in that state. */
  allSee(subject: MemberName, state: MemberState): boolean {
    return this.processes.allSee(subject, state);
  }

  /** Whether all views are equal, and everybody that runs is alive in them. */
  isConverged(): boolean {
    return this.processes.areConverged();
  }

  snapshot(viewer: string): NodeSnapshot {
    return this.processes.get(viewer).host.snapshot();
  }

  explain(viewer: string, subject: MemberName): MemberExplanation | undefined {
    return this.processes.get(viewer).host.explain(subject);
  }

  counters(name: string): HostCounters {
    return this.processes.get(name).host.counters;
  }

  /** Where a process listens, or will when it is started. */
  endpointOf(name: string): Endpoint {
    return this.machines.endpointOf(name);
  }
}
