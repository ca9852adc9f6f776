import type { Endpoint, Millis } from "../core/member.ts";
import { chance, type Rng } from "../core/primitives/rng.ts";
import type { Destination } from "../host/ports.ts";
import { drawDelaysMs } from "../transport/link-rules.ts";
import type { EventHeap } from "./event-heap.ts";
import type { LinkFaults } from "./link-faults.ts";
import { Links } from "./links.ts";
import {
  drawDelayMs,
  drawHiccupMs,
  drawLinkFactor,
  type LinkDelay,
  type NetworkModel,
  plainNetwork,
} from "./network-model.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { type PortNetwork, VirtualPort } from "./virtual-port.ts";

/** What a virtual network is made of. */
export interface VirtualNetworkOptions {
  readonly heap: EventHeap;
  readonly rng: Rng;
  readonly delay: LinkDelay;
  /** All that the network does to datagrams; its delay is then used instead of `delay`. */
  readonly model?: NetworkModel;
  /** Called for each datagram that reaches a socket's queue. */
  readonly onDelivered?: (from: Endpoint, to: Endpoint, datagram: Uint8Array) => void;
}

/** What the network did with the datagrams and refusals that it was given. */
export interface NetworkCounters {
  sent: number;
  delivered: number;
  lost: number;
  cut: number;
  overflowed: number;
  refused: number;
  duplicated: number;
  replayed: number;
}

/** One datagram as it was sent. */
interface Sent {
  readonly from: VirtualPort;
  readonly to: Destination;
  readonly datagram: Uint8Array;
}

/** Old datagrams that may come again, and how likely a datagram becomes one of them. */
const REPLAY_MEMORY = 512;
const REPLAY_KEPT = 0.05;

const REJECTED_AFTER_MS = 0.2;

/**
 * Datagrams between hosts, each known by its address. Hosts are up unless they were taken down. On
 * a host that is up, a probe to a port that nobody owns comes back as a refusal; a host that is
 * down is silent.
 */
export class VirtualNetwork implements PortNetwork {
  readonly counters: NetworkCounters = newNetworkCounters();
  readonly links = new Links();

  private readonly heap: EventHeap;
  private readonly rng: Rng;
  private model: NetworkModel;
  private readonly onDelivered: VirtualNetworkOptions["onDelivered"];
  private readonly ports = new Map<string, Map<number, VirtualPort>>();
  private readonly hostsDown = new Set<string>();
  private readonly old: Sent[] = [];
  private faults: LinkFaults | undefined;

  constructor({ heap, rng, delay, model, onDelivered }: VirtualNetworkOptions) {
    this.heap = heap;
    this.rng = rng;
    this.model = model ?? plainNetwork(delay);
    this.onDelivered = onDelivered;
  }

  /**
   * Takes the port for a process; its host is up from now on. Undefined where another process owns
   * the port.
   */
  bind(endpoint: Endpoint, clock: VirtualClock): VirtualPort | undefined {
    const { host, port: number } = endpoint;
    const ports = this.ports.get(host) ?? new Map<number, VirtualPort>();
    if (ports.has(number)) return undefined;
    const port = new VirtualPort(this, endpoint, clock);
    this.ports.set(host, ports.set(number, port));
    this.hostsDown.delete(host);
    return port;
  }

  unbind({ host, port }: Endpoint): void {
    this.ports.get(host)?.delete(port);
  }

  /**
   * Power off: from now on the host neither delivers nor refuses, until a process binds there
   * again.
   */
  takeDown(host: string): void {
    this.hostsDown.add(host);
  }

  setLoss(probability: number): void {
    this.model = { ...this.model, loss: probability };
  }

  /** Changes what it does to datagrams from now on. */
  change(model: Partial<NetworkModel>): void {
    this.model = { ...this.model, ...model };
  }

  /** Another delay for the directed link between two hosts. */
  setLinkDelay(from: string, to: string, delay: LinkDelay): void {
    this.links.edit(from, to).delay = delay;
  }

  cutLink(from: string, to: string): void {
    this.links.edit(from, to).isCut = true;
  }

  /** Holds the link's datagrams until then, and delivers all of them at once. */
  clogLink(from: string, to: string, untilMs: Millis): void {
    this.links.edit(from, to).cloggedUntil = untilMs;
  }

  /**
   * Hosts of different groups no longer reach each other; those in no group form one of their own.
   */
  partition(groups: readonly (readonly string[])[]): void {
    this.links.partition(groups);
  }

  /** Faults at the sending end, in the place of those set before; undefined: none. */
  setFaults(faults: LinkFaults | undefined): void {
    this.faults = faults;
  }

  /** Removes what is cut, partitioned or clogged. What the network does to all links stays. */
  heal(): void {
    this.links.heal();
  }

  transmit(from: VirtualPort, to: Destination, datagram: Uint8Array): void {
    this.counters.sent++;
    const sent = { from, to, datagram };
    this.carry(sent);
    const { duplicate, replay } = this.model;
    if (duplicate > 0 && chance(this.rng, duplicate)) {
      this.counters.duplicated++;
      this.carry(sent);
    }
    if (replay > 0) this.replayWith(sent, replay);
  }

  private replayWith(sent: Sent, probability: number): void {
    const at = Math.floor(this.rng.next() * REPLAY_MEMORY);
    const old = this.old[at % Math.max(1, this.old.length)];
    if (old !== undefined && chance(this.rng, probability)) {
      this.counters.replayed++;
      this.carry(old);
    }
    if (!chance(this.rng, REPLAY_KEPT)) return;
    if (this.old.length < REPLAY_MEMORY) this.old.push(sent);
    else this.old[at] = sent;
  }

  private carry(sent: Sent): void {
    const from = sent.from.endpoint.host;
    const to = sent.to.endpoint.host;
    const leave = (): void => {
      const link = this.links.get(from, to);
      if (link?.isRejecting === true) this.reject(sent);
      else if (link !== undefined && sent.datagram.length > link.datagramBytesMax) {
        this.counters.lost++;
      } else this.travel(from, to, () => this.arrive(sent));
    };
    this.passFaults(from, to, leave, () => this.reject(sent));
  }

  /** What the faults of a link let through leaves, now or later, once or twice. */
  private passFaults(
    from: string,
    to: string,
    leave: () => void,
    reject: () => void = () => {},
  ): void {
    const fault = this.faults?.between(from, to);
    if (fault === undefined) {
      leave();
      return;
    }
    const delaysMs = drawDelaysMs(fault, this.rng);
    if (delaysMs.length === 0) {
      this.counters[fault.drop === 1 ? "cut" : "lost"]++;
      if (fault.reject) reject();
    }
    for (const delayMs of delaysMs) this.heap.at(this.heap.nowMs + delayMs, leave);
  }

  private arrive(sent: Sent): void {
    const { from, to, datagram } = sent;
    const { endpoint } = to;
    if (this.hostsDown.size > 0 && this.hostsDown.has(endpoint.host)) {
      this.counters.lost++;
      return;
    }
    const port = this.ports.get(endpoint.host)?.get(endpoint.port);
    if (port === undefined) {
      this.refuse(from, to);
      return;
    }
    if (!port.deliver(datagram, from.endpoint)) {
      this.counters.overflowed++;
      return;
    }
    this.counters.delivered++;
    this.onDelivered?.(from.endpoint, endpoint, datagram);
  }

  /** A filter stands beside the sender or the receiver: its word takes no way that could be cut. */
  private reject({ from, to: { member, probeSeq } }: Sent): void {
    if (member === undefined || probeSeq === undefined) return;
    this.heap.at(this.heap.nowMs + REJECTED_AFTER_MS, () => {
      this.counters.refused++;
      from.deliverRefusal(member);
    });
  }

  private refuse(prober: VirtualPort, { endpoint, member, probeSeq }: Destination): void {
    // Only a connected socket hears of it, and only probes leave through one.
    if (member === undefined || probeSeq === undefined) return;
    const back = prober.endpoint.host;
    // A daemon's gate holds refusals to the rules of the way back, too.
    this.passFaults(endpoint.host, back, () =>
      this.travel(endpoint.host, back, () => {
        this.counters.refused++;
        prober.deliverRefusal(member);
      }),
    );
  }

  private travel(fromHost: string, toHost: string, arrive: () => void): void {
    const { links, rng, model, heap, counters } = this;
    if (links.isCut(fromHost, toHost)) {
      counters.cut++;
      return;
    }
    const link =
      model.linkSpread === 1 ? links.get(fromHost, toHost) : links.edit(fromHost, toHost);
    const loss = link?.loss ?? model.loss;
    if (loss > 0 && chance(rng, loss)) {
      counters.lost++;
      return;
    }
    if (link !== undefined) link.factor ??= drawLinkFactor(model.linkSpread, rng);
    const delayMs = drawDelayMs(link?.delay ?? model.delay, link?.factor ?? 1, rng);
    const heldMs = drawHiccupMs(model.reorder, rng) + (link?.extraMs ?? 0);
    heap.at(Math.max(heap.nowMs + delayMs + heldMs, link?.cloggedUntil ?? 0), arrive);
  }
}

function newNetworkCounters(): NetworkCounters {
  return {
    sent: 0,
    delivered: 0,
    lost: 0,
    cut: 0,
    overflowed: 0,
    refused: 0,
    duplicated: 0,
    replayed: 0,
  };
}
