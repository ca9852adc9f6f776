import type { Millis } from "../../core/member.ts";
import type { World } from "../checkers/world.ts";
import { type Link, UNTROUBLED } from "../links.ts";
import type { NetworkModel } from "../network-model.ts";
import type { SimCluster } from "../sim-cluster.ts";
import type { LinkFault } from "./fault.ts";

type FaultOf<K extends LinkFault["kind"]> = Extract<LinkFault, { kind: K }>;

interface LinkFaultPlayerParts {
  readonly cluster: SimCluster;
  readonly world: Pick<World, "disturb" | "count">;
  readonly network: NetworkModel;
  readonly onSilent?: (node: string, nowMs: Millis, untilMs: Millis) => void;
  /** Does something after a span. */
  readonly later: (afterMs: Millis, act: () => void) => void;
}

interface Parted {
  readonly fault: FaultOf<"partition">;
  readonly untilMs: Millis;
  /** What ends with it: its own disturbance, and those of bad links within it. */
  readonly ends: ((nowMs: Millis) => void)[];
}

/** Where hardly anybody can vouch or object, one bad link is enough to be wrong. */
const FEW = 3;

type Trouble = Pick<Link, keyof typeof UNTROUBLED>;

type Concerns = (judge: string, subject: string) => boolean;

const NOBODY: Concerns = () => false;

/**
 * Troubles links for a while, and tells the world which pairs that makes wrong about each other.
 * What it concerns is all that a checker may excuse, so each line says why.
 */
export class LinkFaultPlayer {
  private partition: Parted | undefined;
  private readonly pairs: (FaultOf<"cut" | "clog"> & { readonly untilMs: Millis })[] = [];
  private readonly parts: LinkFaultPlayerParts;

  constructor(parts: LinkFaultPlayerParts) {
    this.parts = parts;
  }

  begin(fault: LinkFault): void {
    switch (fault.kind) {
      case "partition":
        this.part(fault);
        break;
      case "cut":
        // One way alone: helpers reach the other end, so nobody may be wrong.
        this.onLinks([[fault.from, fault.to]], fault.forMs, { isCut: true });
        this.disturbPair(fault);
        break;
      case "clog":
        // The same; and what is held back arrives in the end.
        this.parts.cluster.clog(fault.from, fault.to, fault.forMs);
        this.disturbPair(fault);
        break;
      case "bad-link":
        this.onLinks(this.linksOf(fault.nodes, fault.direction), fault.forMs, { loss: fault.loss });
        // Who loses most of what it sends cannot be told from one that is gone; who loses most of
        // what it is sent, not from one that is deaf, but its answers are lost with the questions.
        this.disturb(fault, either(fault.nodes));
        break;
      case "deaf":
        this.onLinks(this.linksOf(fault.nodes, "in"), fault.forMs, { isCut: true });
        // They are heard all the time, and a deaf one that hears nobody may declare nobody.
        this.disturb(fault, NOBODY);
        break;
      case "mute":
        this.onLinks(this.linksOf(fault.nodes, "out"), fault.forMs, { isCut: true });
        // Nobody can tell them from the dead. They hear the others, so they may declare nobody.
        this.disturb(fault, (_, subject) => fault.nodes.includes(subject));
        break;
      case "reject":
        this.reject(fault);
        break;
      case "slow-path":
        this.slow(fault);
        break;
      case "small-mtu":
        this.onLinks(this.linksOf(fault.nodes, "both"), fault.forMs, {
          datagramBytesMax: fault.bytes,
        });
        // Pings are small.
        this.disturb(fault, NOBODY);
        break;
      case "drop-tcp":
        this.onLinks(this.linksOf(fault.nodes, fault.direction), fault.forMs, { dropsTcp: true });
        // Datagrams tell who lives: what TCP says only makes them quicker.
        this.disturb(fault, NOBODY);
        break;
      case "reset-wires":
        this.resetWires(fault, this.parts.cluster.nowMs + fault.forMs);
        // A wire that closes accuses nobody.
        this.disturb(fault, NOBODY);
        break;
      case "syn-proxy":
        this.putProxies(fault);
        // The same of a kernel that seems to live.
        this.disturb(fault, NOBODY);
        break;
      case "storm":
        this.storm(fault);
        break;
    }
  }

  private part(fault: FaultOf<"partition">): void {
    const { cluster } = this.parts;
    cluster.partition(fault.groups);
    // A partition takes the place of the one before.
    for (const endNow of this.partition?.ends ?? []) endNow(cluster.nowMs);
    this.parts.later(fault.forMs, () => {
      // Another one may have taken its place.
      if (this.partition?.fault === fault) cluster.unite();
    });
    const sideOf = (name: string): number => sideIn(fault, name);
    // Between the sides alone: on one side everybody hears everybody, before and after the heal.
    const end = this.disturb(fault, (judge, subject) => sideOf(judge) !== sideOf(subject));
    const untilMs = cluster.nowMs + fault.forMs;
    this.partition = { fault, untilMs, ends: [end] };
    for (const pair of this.pairs) this.disturbFewOfSide(pair, this.partition);
  }

  private reject(fault: FaultOf<"reject">): void {
    const { node, direction, forMs } = fault;
    if (direction !== "in") {
      this.onLinks(this.linksOf([node], "out"), forMs, { isRejecting: true });
    }
    if (direction === "in" || direction === "both") {
      this.onLinks(this.linksOf([node], "in"), forMs, { isRejecting: true });
    }
    if (direction === "out-and-deaf") {
      this.onLinks(this.linksOf([node], "in"), forMs, { isCut: true });
    }
    // It is refused, or mute: nobody can tell it from the dead. And cut off on both ways it is a
    // partition of one. Of the others nobody may be wrong about anybody.
    const isCutOff = direction === "both" || direction === "out-and-deaf";
    this.disturb(fault, (judge, subject) => subject === node || (isCutOff && judge === node));
  }

  private slow(fault: FaultOf<"slow-path">): void {
    const links = this.linksOf(fault.nodes, "both");
    this.onLinks(links, fault.forMs, { extraMs: fault.byMs });
    this.disturb(fault, NOBODY);
    // As it begins, everything is late once: until then silence and slowness are one.
    this.disturb({ ...fault, forMs: 2 * fault.byMs }, either(fault.nodes));
  }

  private storm(fault: FaultOf<"storm">): void {
    const { cluster, network } = this.parts;
    cluster.loss(fault.loss);
    this.parts.later(fault.forMs, () => cluster.loss(network.loss));
    // Up to all but everything is lost between all.
    this.disturb(fault, () => true);
  }

  private resetWires(fault: FaultOf<"reset-wires">, untilMs: Millis): void {
    const { cluster, later } = this.parts;
    cluster.tcp.resetAll();
    if (cluster.nowMs + fault.everyMs > untilMs) return;
    later(fault.everyMs, () => this.resetWires(fault, untilMs));
  }

  private putProxies({ nodes, forMs }: FaultOf<"syn-proxy">): void {
    const { cluster, later } = this.parts;
    const hosts = nodes.map((node) => cluster.endpointOf(node).host);
    for (const host of hosts) cluster.tcp.putProxy(host);
    later(forMs, () => {
      for (const host of hosts) cluster.tcp.removeProxy(host);
    });
  }

  private disturbPair(fault: FaultOf<"cut" | "clog">): void {
    const pair = { ...fault, untilMs: this.parts.cluster.nowMs + fault.forMs };
    this.disturb(
      fault,
      endsWhereFew(pair, () => this.parts.world.count),
    );
    this.pairs.push(pair);
    if (this.partition !== undefined) this.disturbFewOfSide(pair, this.partition);
  }

  /**
   * Within a partition only the same side can vouch: where that is hardly anybody, a bad link makes
   * its two ends wrong about each other, for as long as both faults last.
   */
  private disturbFewOfSide(
    pair: (typeof this.pairs)[number],
    { fault, untilMs, ends: endings }: Parted,
  ): void {
    const { cluster, world } = this.parts;
    const side = sideIn(fault, pair.from);
    const lastsUntilMs = Math.min(pair.untilMs, untilMs);
    if (side !== sideIn(fault, pair.to) || lastsUntilMs <= cluster.nowMs) return;
    const isOfSide = (name: string): boolean =>
      cluster.isRunning(name) && sideIn(fault, name) === side;
    const end = world.disturb({
      fromMs: cluster.nowMs,
      untilMs: lastsUntilMs,
      concerns: endsWhereFew(pair, () => cluster.known.filter(isOfSide).length),
      hampers: () => false,
    });
    endings.push(end);
  }

  private disturb(fault: LinkFault, concerns: Concerns): (nowMs: Millis) => void {
    const { cluster, world } = this.parts;
    const { nowMs } = cluster;
    const hampers = this.hampers(fault);
    const untilMs = nowMs + fault.forMs;
    const silent = fault.kind === "mute" && fault.nodes.length === 1 ? fault.nodes[0] : undefined;
    if (silent !== undefined) this.parts.onSilent?.(silent, nowMs, untilMs);
    return world.disturb({ fromMs: nowMs, untilMs, concerns, hampers, of: silent });
  }

  /** Whom news may reach late: those at the bad links, or all where these are most of the cluster. */
  private hampers(fault: LinkFault): (viewer: string) => boolean {
    if (fault.kind === "partition" || fault.kind === "storm") return () => true;
    // News travels by datagrams. But who ended behind a proxy seems frozen for long, to all.
    if (fault.kind === "drop-tcp" || fault.kind === "reset-wires") return () => false;
    if (fault.kind === "syn-proxy") return () => true;
    const nodes = nodesOf(fault);
    const { cluster, world } = this.parts;
    // Of those that run when it is asked: others may have ended meanwhile.
    const isMost = () => 2 * nodes.filter((node) => cluster.isRunning(node)).length >= world.count;
    return (viewer) => nodes.includes(viewer) || isMost();
  }

  private onLinks(
    links: readonly (readonly [from: string, to: string])[],
    forMs: Millis,
    trouble: Partial<Trouble>,
  ): void {
    const edited = links.map(([from, to]) => this.edit(from, to));
    for (const link of edited) Object.assign(link, trouble);
    const ended = Object.fromEntries(
      Object.keys(trouble).map((key) => [key, UNTROUBLED[key as keyof Trouble]]),
    );
    this.parts.later(forMs, () => {
      for (const link of edited) Object.assign(link, ended);
    });
  }

  private linksOf(nodes: readonly string[], direction: "in" | "out" | "both") {
    const links: [from: string, to: string][] = [];
    for (const node of nodes) {
      for (const other of this.parts.cluster.known) {
        if (other === node) continue;
        if (direction !== "out") links.push([other, node]);
        if (direction !== "in") links.push([node, other]);
      }
    }
    return links;
  }

  private edit(from: string, to: string): Link {
    const { cluster } = this.parts;
    return cluster.network.links.edit(cluster.endpointOf(from).host, cluster.endpointOf(to).host);
  }
}

function nodesOf(
  fault: Exclude<LinkFault, { kind: "partition" | "storm" | "reset-wires" }>,
): readonly string[] {
  if ("nodes" in fault) return fault.nodes;
  return "node" in fault ? [fault.node] : [fault.from, fault.to];
}

function sideIn(fault: FaultOf<"partition">, name: string): number {
  return fault.groups.findIndex((group) => group.includes(name));
}

function either(nodes: readonly string[]): Concerns {
  return (judge, subject) => nodes.includes(judge) || nodes.includes(subject);
}

/** The two ends of a bad link, where few are left: when it begins, or because others end meanwhile. */
function endsWhereFew({ from, to }: FaultOf<"cut" | "clog">, count: () => number): Concerns {
  const wereFew = count() <= FEW;
  const ends = [from, to];
  return (judge, subject) =>
    ends.includes(judge) && ends.includes(subject) && (wereFew || count() <= FEW);
}
