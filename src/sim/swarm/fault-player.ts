import type { Millis } from "../../core/member.ts";
import type { World } from "../checkers/world.ts";
import type { NetworkModel } from "../network-model.ts";
import type { SimCluster } from "../sim-cluster.ts";
import type { SimStartOptions } from "../sim-options.ts";
import type { Fault, PlannedFault } from "./fault.ts";
import { LinkFaultPlayer } from "./link-fault-player.ts";

type FaultOf<K extends Fault["kind"]> = Extract<Fault, { kind: K }>;

interface Action {
  readonly atMs: Millis;
  readonly act: () => void;
}

interface FaultPlayerParts {
  readonly cluster: SimCluster;
  readonly world: Pick<World, "disturb" | "stall" | "heal" | "changed" | "count">;
  readonly network: NetworkModel;
  /** How a process is started again. */
  readonly startOptions: (node: string) => SimStartOptions;
  /** Told just before each fault that is in the plan. */
  readonly onFault?: (fault: Fault) => void;
  /** Told of each single process that nobody can hear from now on. */
  readonly onSilent?: (node: string, nowMs: Millis, untilMs: Millis) => void;
  /** The same of each that stands still while its kernel runs. */
  readonly onFrozen?: (node: string, nowMs: Millis, untilMs: Millis) => void;
}

/** Does what a plan says, and tells the world whom it disturbs. A fault that finds nothing to do does nothing. */
export class FaultPlayer {
  private pending: Action[];
  /** Those whose last end was a leave. */
  private readonly left = new Set<string>();
  private readonly links: LinkFaultPlayer;
  private readonly parts: FaultPlayerParts;

  constructor(plan: readonly PlannedFault[], parts: FaultPlayerParts) {
    this.parts = parts;
    this.links = new LinkFaultPlayer({
      ...parts,
      later: (afterMs, act) => this.later(afterMs, act),
    });
    this.pending = plan.map(({ atMs, fault }) => ({ atMs, act: () => this.begin(fault) }));
  }

  /** When the next thing is to be done, or undefined. */
  get nextAtMs(): Millis | undefined {
    return this.pending[0]?.atMs;
  }

  /** Does what is due. */
  play(): void {
    const { nowMs } = this.parts.cluster;
    for (
      let next = this.pending[0];
      next !== undefined && next.atMs <= nowMs;
      next = this.pending[0]
    ) {
      this.pending.shift();
      next.act();
    }
  }

  /** Ends every fault that has an end, now, and drops the rest. */
  heal(): void {
    const { cluster, world } = this.parts;
    this.pending = [];
    world.heal(cluster.nowMs);
    cluster.heal();
    cluster.network.change({
      loss: 0,
      duplicate: 0,
      replay: 0,
      reorder: { probability: 0, upToMs: 0 },
    });
    for (const name of cluster.known) cluster.resumeMachine(name);
    for (const name of cluster.running) cluster.thaw(name);
  }

  private begin(fault: Fault): void {
    const { cluster } = this.parts;
    this.parts.onFault?.(fault);
    switch (fault.kind) {
      case "kill":
        if (this.runs(fault.node)) cluster.kill(fault.node);
        return;
      case "crash-host":
        if (this.runs(fault.node)) cluster.crashHost(fault.node);
        return;
      case "restart":
        if (this.runs(fault.node)) cluster.kill(fault.node);
        cluster.start(fault.node, this.restartOptions(fault));
        this.left.delete(fault.node);
        return;
      case "leave":
        if (!this.runs(fault.node)) return;
        this.parts.world.changed(fault.node, cluster.nowMs);
        cluster.leave(fault.node);
        this.left.add(fault.node);
        return;
      case "jump-wall-clock":
        cluster.jumpWallClock(fault.node, fault.byMs);
        return;
      case "resolve":
        for (const node of fault.nodes) cluster.setResolvable(node, true);
        return;
      case "advertise":
        if (!this.runs(fault.node)) return;
        this.parts.world.changed(fault.node, cluster.nowMs);
        cluster.submit(fault.node, { kind: "advertise", tags: { v: fault.value }, services: [] });
        return;
      case "forget-dead":
        this.forgetDead(fault.node);
        return;
      case "freeze":
      case "pause-machine":
        this.standStill(fault);
        return;
      default:
        this.links.begin(fault);
    }
  }

  /**
   * No member dials one that left, and without its disk it knows its seeds alone. Where none of
   * them runs, nothing could bring the two together: then it is started with one that runs.
   */
  private restartOptions({ node, disk, join }: FaultOf<"restart">): SimStartOptions {
    const options = { ...this.parts.startOptions(node), disk, ...(join && { seeds: join }) };
    const others = this.parts.cluster.running.filter((name) => name !== node);
    const isFound = disk === "kept" || !this.left.has(node);
    if (isFound || options.seeds?.some((seed) => others.includes(seed))) return options;
    return { ...options, seeds: others.slice(0, 1) };
  }

  private standStill({ kind, nodes, forMs }: FaultOf<"freeze" | "pause-machine">): void {
    const { cluster, world } = this.parts;
    const frozen = nodes.filter((node) => this.runs(node));
    const { nowMs } = cluster;
    for (const node of frozen) {
      if (kind === "freeze") cluster.freeze(node);
      else cluster.pauseMachine(node);
      world.stall(node, nowMs, nowMs + forMs);
    }
    this.later(forMs, () => {
      for (const node of frozen) {
        if (kind === "pause-machine") cluster.resumeMachine(node);
        else if (this.runs(node)) cluster.thaw(node);
      }
    });
    world.disturb({
      fromMs: nowMs,
      untilMs: nowMs + forMs,
      // Nobody can tell who stands still from the dead.
      concerns: (_, subject) => frozen.includes(subject),
      hampers: (viewer) => frozen.includes(viewer) || 2 * frozen.length >= world.count,
      of: frozen.length === 1 ? frozen[0] : undefined,
    });
    const [node] = frozen;
    if (node === undefined || frozen.length > 1) return;
    const tell = kind === "freeze" ? this.parts.onFrozen : this.parts.onSilent;
    tell?.(node, nowMs, nowMs + forMs);
  }

  private forgetDead(node: string): void {
    const { cluster } = this.parts;
    if (!this.runs(node)) return;
    const dead = cluster.snapshot(node).members.find(({ state }) => state === "dead");
    if (dead === undefined) return;
    this.parts.world.changed(node, cluster.nowMs);
    cluster.submit(node, { kind: "forget", member: dead.record.name });
  }

  private runs(node: string): boolean {
    return this.parts.cluster.isRunning(node);
  }

  private later(afterMs: Millis, act: () => void): void {
    const atMs = this.parts.cluster.nowMs + afterMs;
    const place = this.pending.findIndex((action) => action.atMs > atMs);
    this.pending.splice(place < 0 ? this.pending.length : place, 0, { atMs, act });
  }
}
