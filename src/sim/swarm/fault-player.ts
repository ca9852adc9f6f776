import type { Millis } from "../../core/member.ts";
import type { World } from "../checkers/world.ts";
import type { NetworkModel } from "../network-model.ts";
import type { SimCluster } from "../sim-cluster.ts";
import type { SimStartOptions } from "../sim-options.ts";
import type { Fault, PlannedFault } from "./fault.ts";

interface Action {
  readonly atMs: Millis;
  readonly act: () => void;
}

interface FaultPlayerParts {
  readonly cluster: SimCluster;
  readonly world: Pick<World, "disturb" | "stall" | "count">;
  readonly network: NetworkModel;
  /** How a process is started again. */
  readonly startOptions: (node: string) => SimStartOptions;
  /** Told just before each fault that is in the plan. */
  readonly onFault?: (fault: Fault) => void;
}

const FEW = 3;

/** Does what a plan says, and tells the world whom it disturbs. A fault that finds nothing to do does nothing. */
export class FaultPlayer {
  private pending: Action[];
  private partition: Fault | undefined;
  private readonly parts: FaultPlayerParts;

  constructor(plan: readonly PlannedFault[], parts: FaultPlayerParts) {
    this.parts = parts;
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
    const { cluster } = this.parts;
    this.pending = [];
    cluster.heal();
    cluster.network.change({
      loss: 0,
      duplicate: 0,
      replay: 0,
      reorder: { probability: 0, upToMs: 0 },
    });
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
        cluster.start(fault.node, { ...this.parts.startOptions(fault.node), disk: fault.disk });
        return;
      case "leave":
        if (this.runs(fault.node)) cluster.leave(fault.node);
        return;
      case "jump-wall-clock":
        cluster.jumpWallClock(fault.node, fault.byMs);
        return;
      case "advertise":
        if (!this.runs(fault.node)) return;
        cluster.submit(fault.node, { kind: "advertise", tags: { v: fault.value }, services: [] });
        return;
      case "forget-dead":
        this.forgetDead(fault.node);
        return;
      case "freeze":
        this.freeze(fault.nodes, fault.forMs);
        return;
      default:
        this.beginOnLinks(fault);
    }
  }

  private freeze(nodes: readonly string[], forMs: Millis): void {
    const { cluster, world } = this.parts;
    const frozen = nodes.filter((node) => this.runs(node));
    for (const node of frozen) {
      cluster.freeze(node);
      world.stall(node, cluster.nowMs, cluster.nowMs + forMs);
    }
    this.later(forMs, () => {
      for (const node of frozen) if (this.runs(node)) cluster.thaw(node);
    });
    world.disturb({
      untilMs: cluster.nowMs + forMs,
      concerns: (_, subject) => frozen.includes(subject),
      hampers: (viewer) => frozen.includes(viewer) || this.isMost(frozen),
    });
  }

  private beginOnLinks(
    fault: Extract<Fault, { kind: "partition" | "cut" | "clog" | "bad-link" | "storm" }>,
  ): void {
    const { cluster, world, network } = this.parts;
    const untilMs = cluster.nowMs + fault.forMs;
    const isBad = (name: string): boolean => "nodes" in fault && fault.nodes.includes(name);
    switch (fault.kind) {
      case "partition":
        this.part(fault);
        return;
      case "cut":
        this.cut(fault.from, fault.to, fault.forMs);
        return;
      case "clog":
        cluster.clog(fault.from, fault.to, fault.forMs);
        this.disturbFew(untilMs);
        return;
      case "bad-link":
        this.setLoss(fault, fault.loss);
        this.later(fault.forMs, () => this.setLoss(fault, undefined));
        world.disturb({
          untilMs,
          concerns: (...both) => both.some(isBad) || this.isMost(fault.nodes),
          hampers: (viewer) => isBad(viewer) || this.isMost(fault.nodes),
        });
        this.disturbFew(untilMs);
        return;
      case "storm":
        cluster.loss(fault.loss);
        this.later(fault.forMs, () => cluster.loss(network.loss));
        world.disturb({ untilMs, concerns: () => true, hampers: () => true });
    }
  }

  private part(fault: Extract<Fault, { kind: "partition" }>): void {
    const { cluster, world } = this.parts;
    cluster.partition(fault.groups);
    this.partition = fault;
    this.later(fault.forMs, () => {
      // Another one may have taken its place.
      if (this.partition === fault) cluster.network.links.unite();
    });
    world.disturb({
      untilMs: cluster.nowMs + fault.forMs,
      // Also on one side: what the other believed of it arrives with the heal.
      concerns: () => true,
      hampers: () => true,
    });
  }

  private cut(from: string, to: string, forMs: Millis): void {
    const { cluster } = this.parts;
    const hostOf = (name: string): string => cluster.endpointOf(name).host;
    const link = cluster.network.links.edit(hostOf(from), hostOf(to));
    link.isCut = true;
    this.later(forMs, () => {
      link.isCut = false;
    });
    this.disturbFew(cluster.nowMs + forMs);
  }

  /** Where hardly anybody can vouch or object, one bad link is enough to be wrong. */
  private disturbFew(untilMs: Millis): void {
    const { world } = this.parts;
    if (world.count <= FEW) world.disturb({ untilMs, concerns: () => true, hampers: () => true });
  }

  /** Whether these are so many that the rest cannot make up for them. */
  private isMost(nodes: readonly string[]): boolean {
    return 2 * nodes.filter((node) => this.runs(node)).length >= this.parts.world.count;
  }

  private setLoss(
    { nodes, direction }: Extract<Fault, { kind: "bad-link" }>,
    loss: number | undefined,
  ): void {
    const { cluster } = this.parts;
    const hosts = cluster.known.map((name) => cluster.endpointOf(name).host);
    for (const own of nodes.map((node) => cluster.endpointOf(node).host)) {
      for (const host of hosts) {
        const [from, to] = direction === "in" ? [host, own] : [own, host];
        if (host !== own) cluster.network.links.edit(from, to).loss = loss;
      }
    }
  }

  private forgetDead(node: string): void {
    const { cluster } = this.parts;
    if (!this.runs(node)) return;
    const dead = cluster.snapshot(node).members.find(({ state }) => state === "dead");
    if (dead !== undefined) cluster.submit(node, { kind: "forget", member: dead.record.name });
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
