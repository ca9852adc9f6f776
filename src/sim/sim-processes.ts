import { checkNodeConfig, type NodeConfig, PROFILES } from "../core/config.ts";
import type { NodeEvent } from "../core/effect.ts";
import { invariant } from "../core/errors.ts";
import type { MemberName, MemberRecord, MemberState } from "../core/member.ts";
import type { Rng } from "../core/primitives/rng.ts";
import { type Codec, createCodec } from "../wire/codec.ts";
import type { EventHeap } from "./event-heap.ts";
import type { Machines } from "./machines.ts";
import { rngStream, STREAM } from "./rng-streams.ts";
import type { HostModel, SimClusterOptions, SimStartOptions } from "./sim-options.ts";
import { type ResolvedSeeds, SimProcess } from "./sim-process.ts";
import type { TcpNetwork } from "./tcp/tcp-network.ts";
import { VirtualWires } from "./tcp/virtual-wires.ts";
import { RECEIVE_QUEUE_MAX, VirtualClock } from "./virtual-clock.ts";
import type { VirtualNetwork } from "./virtual-network.ts";

/** A receive buffer of 4 MiB, and timers that fire when they are due. */
const GOOD_HOSTS: HostModel = { receiveQueueMax: RECEIVE_QUEUE_MAX, timerLatenessMsMax: 0 };

/** What the processes of a cluster share. */
export interface SimProcessesOptions {
  readonly options: SimClusterOptions;
  readonly heap: EventHeap;
  readonly network: VirtualNetwork;
  readonly tcp: TcpNetwork;
  readonly machines: Machines;
  /** Called for each event of each process, before what the process does about it. */
  readonly onEvent: (name: string, event: NodeEvent) => void;
}

/** The processes that run, by name, in the order of their start; and what a daemon does as one starts and ends. */
export class SimProcesses {
  private readonly shared: SimProcessesOptions;
  private readonly config: NodeConfig;
  private readonly hosts: HostModel;
  private readonly codec: Codec = createCodec({ clusterLabel: "simulated" });
  private readonly timerRng: Rng;
  private readonly processes = new Map<string, SimProcess>();
  private startsSoFar = 0;

  constructor(shared: SimProcessesOptions) {
    this.shared = shared;
    const { rngSeed, profile = "lan", config = {}, hosts = GOOD_HOSTS } = shared.options;
    this.config = { ...PROFILES[profile], ...config };
    this.hosts = hosts;
    this.timerRng = rngStream(rngSeed, STREAM.timers);
  }

  /** Names of those that run, frozen ones included. */
  get names(): string[] {
    return [...this.processes.keys()];
  }

  has(name: string): boolean {
    return this.processes.has(name);
  }

  /** One that must run. */
  get(name: string): SimProcess {
    const process = this.processes.get(name);
    // The text is long in a large cluster, and this is asked at every event.
    if (process === undefined) {
      invariant(false, `no process ${name} runs; running: ${this.names.join(" ")}`);
    }
    return process;
  }

  launch(name: string, self: MemberRecord, options: SimStartOptions): void {
    const { machines, heap } = this.shared;
    const process = this.create(name, self, options);
    this.processes.set(name, process);
    machines.saveIncarnation(name, self.incarnation);
    this.shared.options.watcher?.started(name, self, heap.nowMs);
    process.start();
  }

  /** As SIGKILL; its data directory holds the members that it knew. */
  kill(name: string): void {
    this.savePeers(name);
    this.get(name).end();
    this.processes.delete(name);
    this.shared.options.watcher?.ended(name, this.shared.heap.nowMs);
  }

  /** Whether all (but `subject`'s own processes) see `subject` in that state. */
  allSee(subject: MemberName, state: MemberState): boolean {
    for (const process of this.processes.values()) {
      if (process.member !== subject && process.told.get(subject) !== state) return false;
    }
    return true;
  }

  /** Whether all views are equal, and everybody that runs is alive in them. */
  areConverged(): boolean {
    const all = [...this.processes.values()];
    const members = new Set(all.map(({ member }) => member));
    for (const { told } of all) {
      for (const member of members) if (told.get(member) !== "alive") return false;
    }
    return new Set(all.map(({ host }) => host.snapshot().viewDigest)).size <= 1;
  }

  private create(name: string, self: MemberRecord, options: SimStartOptions): SimProcess {
    const config = { ...this.config, ...options.config };
    const complaint = checkNodeConfig(config);
    invariant(complaint === undefined, `${complaint}`);
    const { network, tcp, machines } = this.shared;
    const { rngSeed, watcher, newCodec } = this.shared.options;
    const clock = this.createClock();
    const { name: member, startId, endpoint } = self;
    tcp.clear(endpoint);
    const port = network.bind(endpoint, clock);
    invariant(port !== undefined, `the port of ${name} is taken`);
    this.startsSoFar++;
    const { seeds, known, disk } = options;
    return new SimProcess({
      self,
      config,
      known: known ?? [],
      rng: rngStream(rngSeed, STREAM.node, this.startsSoFar),
      codec: newCodec?.() ?? this.codec,
      clock,
      port,
      wiring: new VirtualWires({ network: tcp, clock, endpoint, member, startId }),
      resolveSeeds: seeds && (() => this.resolve(seeds)),
      remembered: disk === "kept" ? machines.savedPeersOf(name) : [],
      onEvent: (event) => this.handle(name, event),
      onStep: watcher && ((input, effects, nowMs) => watcher.stepped(name, input, effects, nowMs)),
    });
  }

  private createClock(): VirtualClock {
    const { receiveQueueMax, timerLatenessMsMax } = this.hosts;
    const latenessMs =
      timerLatenessMsMax === 0 ? undefined : () => timerLatenessMsMax * this.timerRng.next();
    return new VirtualClock(this.shared.heap, { receiveQueueMax, latenessMs });
  }

  private resolve(seeds: readonly string[]): ResolvedSeeds {
    const { machines } = this.shared;
    const found = seeds.filter((seed) => machines.isResolvable(seed));
    return {
      seeds: found.map((seed) => machines.endpointOf(seed)),
      hasUnresolved: found.length < seeds.length,
    };
  }

  private handle(name: string, event: NodeEvent): void {
    const { heap, machines, onEvent } = this.shared;
    onEvent(name, event);
    const process = this.get(name);
    if (isRaise(event, process.member)) machines.saveIncarnation(name, event.incarnation);
    if (!endsProcess(event)) return;
    // After the effects of the present step, of which some may still be goodbyes.
    heap.at(heap.nowMs, () => {
      if (this.processes.get(name) === process) this.kill(name);
    });
  }

  /** What the data directory holds as the process ends: the daemon saves it as it changes. */
  private savePeers(name: string): void {
    const { member, host } = this.get(name);
    const peers = host
      .snapshot()
      .members.filter(({ record, state }) => record.name !== member && state !== "forgotten");
    this.shared.machines.savePeers(
      name,
      peers.map(({ record }) => record.endpoint),
    );
  }
}

/**
 * As the daemon: it ends when it has left, when an older owner has its name, and when all its
 * seeds refuse it.
 */
function endsProcess(event: NodeEvent): boolean {
  if (event.kind === "name-conflict") return event.mustYield;
  if (event.kind === "join-refused") return event.isByAll;
  return event.kind === "left";
}

/** As the daemon keeps it: each incarnation that the node gives itself. */
function isRaise(
  event: NodeEvent,
  self: MemberName,
): event is Extract<NodeEvent, { kind: "member-changed" | "member-updated" }> {
  return (
    (event.kind === "member-changed" || event.kind === "member-updated") && event.member === self
  );
}
