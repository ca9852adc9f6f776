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
  readonly world: Pick<World, "disturb" | "count">;
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
    const { cluster, world } = this.parts;
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
        if (!this.runs(fault.node)) return;
        cluster.freeze(fault.node);
        this.later(fault.forMs, () => this.runs(fault.node) && cluster.thaw(fault.node));
        world.disturb(cluster.nowMs + fault.forMs, (_, subject) => subject === fault.node);
        return;
      default:
        this.beginOnLinks(fault);
    }
  }

  private beginOnLinks(
    fault: Extract<Fault, { kind: "partition" | "cut" | "clog" | "bad-link" | "storm" }>,
  ): void {
    const { cluster, world, network } = this.parts;
    const untilMs = cluster.nowMs + fault.forMs;
    const { links } = cluster.network;
    const hostOf = (name: string): string => cluster.endpointOf(name).host;
    switch (fault.kind) {
      case "partition":
        cluster.partition(fault.groups);
        this.partition = fault;
        this.later(fault.forMs, () => {
          // Another one may have taken its place.
          if (this.partition === fault) links.unite();
        });
        world.disturb(untilMs, apart(fault.groups));
        return;
      case "cut": {
        const link = links.edit(hostOf(fault.from), hostOf(fault.to));
        link.isCut = true;
        this.later(fault.forMs, () => {
          link.isCut = false;
        });
        this.disturbFew(untilMs);
        return;
      }
      case "clog":
        cluster.clog(fault.from, fault.to, fault.forMs);
        this.disturbFew(untilMs);
        return;
      case "bad-link":
        this.setLoss(fault.node, fault.direction, fault.loss);
        this.later(fault.forMs, () => this.setLoss(fault.node, fault.direction, undefined));
        world.disturb(untilMs, (_, subject) => subject === fault.node);
        this.disturbFew(untilMs);
        return;
      case "storm":
        cluster.loss(fault.loss);
        this.later(fault.forMs, () => cluster.loss(network.loss));
        world.disturb(untilMs);
    }
  }

  /** Where hardly anybody can vouch or object, one bad link is enough to be wrong. */
  private disturbFew(untilMs: Millis): void {
    if (this.parts.world.count <= FEW) this.parts.world.disturb(untilMs);
  }

  private setLoss(node: string, direction: "in" | "out", loss: number | undefined): void {
    const { cluster } = this.parts;
    const own = cluster.endpointOf(node).host;
    for (const other of cluster.known) {
      const host = cluster.endpointOf(other).host;
      const [from, to] = direction === "in" ? [host, own] : [own, host];
      if (host !== own) cluster.network.links.edit(from, to).loss = loss;
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

/** Whether a judge is on another side than its subject; those in no group are on one of their own. */
function apart(
  groups: readonly (readonly string[])[],
): (judge: string, subject: string) => boolean {
  const sideOf = (name: string): number => groups.findIndex((group) => group.includes(name));
  return (judge, subject) => sideOf(judge) !== sideOf(subject);
}
