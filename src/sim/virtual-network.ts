import { type Endpoint, formatEndpoint, type MemberName, type Millis } from "../core/member.ts";
import { chance, type Rng } from "../core/primitives/rng.ts";
import type { Destination, Transport, TransportReceiver } from "../host/ports.ts";
import type { EventHeap } from "./event-heap.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/**
 * How long a datagram travels one way: `latencyMs` and uniformly up to `jitterMs` more, so that it
 * can overtake.
 */
export interface LinkDelay {
  readonly latencyMs: Millis;
  readonly jitterMs: Millis;
}

export interface VirtualNetworkOptions {
  readonly heap: EventHeap;
  readonly rng: Rng;
  readonly delay: LinkDelay;
}

/** What the network did with the datagrams and refusals that it was given. */
export interface NetworkCounters {
  sent: number;
  delivered: number;
  lost: number;
  cut: number;
  overflowed: number;
  refused: number;
}

/**
 * Datagrams between hosts, each known by its address. Hosts are up unless they were taken down. On
 * a host that is up, a probe to a port that nobody owns comes back as a refusal; a host that is
 * down is silent.
 */
export class VirtualNetwork {
  readonly counters: NetworkCounters = newNetworkCounters();

  private readonly heap: EventHeap;
  private readonly rng: Rng;
  private readonly delay: LinkDelay;
  private lossProbability = 0;
  private readonly ports = new Map<string, VirtualPort>();
  private readonly hostsDown = new Set<string>();
  private readonly links = new Map<string, LinkDelay>();
  private readonly cuts = new Set<string>();
  private groups: ReadonlyMap<string, number> | undefined;

  constructor({ heap, rng, delay }: VirtualNetworkOptions) {
    this.heap = heap;
    this.rng = rng;
    this.delay = delay;
  }

  /**
   * Takes the port for a process; its host is up from now on. Undefined where another process owns
   * the port.
   */
  bind(endpoint: Endpoint, clock: VirtualClock): VirtualPort | undefined {
    const address = formatEndpoint(endpoint);
    if (this.ports.has(address)) return undefined;
    const port = new VirtualPort(this, endpoint, clock);
    this.ports.set(address, port);
    this.hostsDown.delete(endpoint.host);
    return port;
  }

  unbind(endpoint: Endpoint): void {
    this.ports.delete(formatEndpoint(endpoint));
  }

  /**
   * Power off: from now on the host neither delivers nor refuses, until a process binds there
   * again.
   */
  takeDown(host: string): void {
    this.hostsDown.add(host);
  }

  setLoss(probability: number): void {
    this.lossProbability = probability;
  }

  /** Another delay for the directed link between two hosts. */
  setLinkDelay(from: string, to: string, delay: LinkDelay): void {
    this.links.set(linkKey(from, to), delay);
  }

  cutLink(from: string, to: string): void {
    this.cuts.add(linkKey(from, to));
  }

  /**
   * Hosts of different groups no longer reach each other; those in no group form one of their own.
   */
  partition(groups: readonly (readonly string[])[]): void {
    this.groups = new Map(groups.flatMap((hosts, index) => hosts.map((host) => [host, index])));
  }

  /** Removes every cut and partition. Loss and delays stay. */
  heal(): void {
    this.cuts.clear();
    this.groups = undefined;
  }

  /** For ports alone: puts a datagram on its way. */
  transmit(from: VirtualPort, to: Destination, datagram: Uint8Array): void {
    this.counters.sent++;
    this.travel(from.endpoint.host, to.endpoint.host, () => this.arrive(from, to, datagram));
  }

  private arrive(from: VirtualPort, to: Destination, datagram: Uint8Array): void {
    if (this.hostsDown.has(to.endpoint.host)) {
      this.counters.lost++;
      return;
    }
    const port = this.ports.get(formatEndpoint(to.endpoint));
    if (port === undefined) {
      this.refuse(from, to);
      return;
    }
    if (port.deliver(datagram, from.endpoint)) this.counters.delivered++;
    else this.counters.overflowed++;
  }

  private refuse(prober: VirtualPort, { endpoint, member, probeSeq }: Destination): void {
    // Only a connected socket hears of it, and only probes leave through one.
    if (member === undefined || probeSeq === undefined) return;
    this.travel(endpoint.host, prober.endpoint.host, () => {
      this.counters.refused++;
      prober.deliverRefusal(member);
    });
  }

  private travel(fromHost: string, toHost: string, arrive: () => void): void {
    if (this.isCut(fromHost, toHost)) {
      this.counters.cut++;
      return;
    }
    if (this.lossProbability > 0 && chance(this.rng, this.lossProbability)) {
      this.counters.lost++;
      return;
    }
    const { latencyMs, jitterMs } = this.delayOf(fromHost, toHost);
    this.heap.at(this.heap.nowMs + latencyMs + jitterMs * this.rng.next(), arrive);
  }

  private delayOf(fromHost: string, toHost: string): LinkDelay {
    if (this.links.size === 0) return this.delay;
    return this.links.get(linkKey(fromHost, toHost)) ?? this.delay;
  }

  private isCut(fromHost: string, toHost: string): boolean {
    if (this.groups !== undefined && this.groups.get(fromHost) !== this.groups.get(toHost)) {
      return true;
    }
    return this.cuts.size > 0 && this.cuts.has(linkKey(fromHost, toHost));
  }
}

/** One process's socket on the virtual network. */
export class VirtualPort implements Transport {
  readonly endpoint: Endpoint;
  private readonly network: VirtualNetwork;
  private readonly clock: VirtualClock;
  private receiver: TransportReceiver | undefined;
  private readonly newestProbes = new Map<MemberName, number>();
  private isClosed = false;

  constructor(network: VirtualNetwork, endpoint: Endpoint, clock: VirtualClock) {
    this.network = network;
    this.endpoint = endpoint;
    this.clock = clock;
  }

  listen(receiver: TransportReceiver): void {
    this.receiver = receiver;
  }

  send(datagram: Uint8Array, to: Destination): void {
    if (this.isClosed) return;
    if (to.member !== undefined && to.probeSeq !== undefined) {
      this.newestProbes.set(to.member, to.probeSeq);
    }
    this.network.transmit(this, to, datagram);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.network.unbind(this.endpoint);
  }

  /** For the network alone. False: the receive buffer was full. */
  deliver(datagram: Uint8Array, from: Endpoint): boolean {
    return this.clock.deliver(() => this.receiver?.onDatagram(datagram, from));
  }

  /** For the network alone: like the kernel's, a refusal does not say which datagram it answers. */
  deliverRefusal(member: MemberName): void {
    if (this.isClosed) return;
    this.clock.deliver(() => {
      const newestProbe = this.newestProbes.get(member);
      if (newestProbe !== undefined) this.receiver?.onRefused(member, newestProbe);
    });
  }
}

function linkKey(from: string, to: string): string {
  return `${from}>${to}`;
}

function newNetworkCounters(): NetworkCounters {
  return { sent: 0, delivered: 0, lost: 0, cut: 0, overflowed: 0, refused: 0 };
}
