import { invariant } from "../core/errors.ts";
import type { Input } from "../core/input.ts";
import type { Endpoint, MemberName, MemberRecord, MemberState, Millis } from "../core/member.ts";
import type { MemberExplanation, NodeSnapshot } from "../core/snapshot.ts";
import { type HostCounters, type Traffic, totalOf } from "../host/host-counters.ts";
import type { LinkRules } from "../transport/link-rules.ts";
import { EventHeap } from "./event-heap.ts";
import { LinkFaults } from "./link-faults.ts";
import { Machines } from "./machines.ts";
import type { LinkDelay } from "./network-model.ts";
import { rngStream, STREAM } from "./rng-streams.ts";
import type { SimClusterOptions, SimEvent, SimStartOptions } from "./sim-options.ts";
import { SimProcesses } from "./sim-processes.ts";
import { TraceDigest } from "./trace-digest.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { VirtualCluster } from "./virtual-cluster.ts";

/** A LAN: well under a millisecond, and datagrams overtake each other at times. */
const LAN_DELAY: LinkDelay = { latencyMs: 0.2, jitterMs: 0.3 };

/**
 * A cluster of real NodeHosts with the real codec in virtual time. Unless told otherwise a process
 * is the member of its name, on a host of its own. What happened when, to the microsecond, stands in
 * `events`.
 */
export class SimCluster extends VirtualCluster {
  readonly events: SimEvent[] = [];

  private readonly machines: Machines;
  private readonly processes: SimProcesses;
  private readonly trace: TraceDigest | undefined;
  private readonly startOptions = new Map<string, SimStartOptions>();

  constructor(options: SimClusterOptions) {
    const { rngSeed, delay = LAN_DELAY, network } = options;
    const keepsEvents = options.keepsEvents ?? true;
    const trace = options.isTraced === true ? new TraceDigest() : undefined;
    const heap = new EventHeap();
    super({
      heap,
      delay,
      rngs: {
        network: rngStream(rngSeed, STREAM.network),
        tcp: rngStream(rngSeed, STREAM.tcp),
      },
      ...(network && { model: network }),
      ...(trace && {
        onDelivered: (from, to, datagram) => trace.delivered(heap.nowMs, from, to, datagram),
        onTold: (host, what) => trace.told(heap.nowMs, host, what),
      }),
    });
    this.trace = trace;
    this.machines = new Machines(rngStream(rngSeed, STREAM.startId));
    this.processes = new SimProcesses({
      options,
      heap,
      network: this.network,
      tcp: this.tcp,
      machines: this.machines,
      onEvent: (node, event) => {
        if (keepsEvents) this.events.push({ atMs: this.nowMs, node, event });
        trace?.happened(this.nowMs, node, event);
      },
    });
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

  kill(name: string): void {
    this.processes.kill(name);
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

  /** Cuts one direction. */
  cut(from: string, to: string): void {
    this.network.cutLink(this.hostOf(from), this.hostOf(to));
  }

  /** Holds one direction's datagrams for a while, then delivers all of them at once. */
  clog(from: string, to: string, forMs: Millis): void {
    const untilMs = this.nowMs + forMs;
    this.network.clogLink(this.hostOf(from), this.hostOf(to), untilMs);
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

  /** What a process has sent since its start. */
  sentBy(name: string): Readonly<Traffic> {
    return totalOf(this.counters(name).sent);
  }

  /** Where a process listens, or will when it is started. */
  endpointOf(name: string): Endpoint {
    return this.machines.endpointOf(name);
  }

  protected hostOf(name: string): string {
    return this.endpointOf(name).host;
  }

  protected clockOf(name: string): VirtualClock {
    return this.processes.get(name).clock;
  }
}
