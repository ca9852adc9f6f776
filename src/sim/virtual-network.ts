import type { Endpoint, Millis } from "../core/member.ts";
import { chance, type Rng } from "../core/primitives/rng.ts";
import type { Destination } from "../host/ports.ts";
import type { EventHeap } from "./event-heap.ts";
import { HostPower } from "./host-power.ts";
import type { LinkFaults } from "./link-faults.ts";
import type { Links } from "./links.ts";
import { type LinkDelay, type NetworkModel, plainNetwork } from "./network-model.ts";
import { Paths } from "./paths.ts";
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
  readonly paths: Paths;
  readonly power = new HostPower();

  private readonly heap: EventHeap;
  private readonly rng: Rng;
  private readonly onDelivered: VirtualNetworkOptions["onDelivered"];
  private readonly ports = new Map<string, Map<number, VirtualPort>>();
  private readonly old: Sent[] = [];

  constructor({ heap, rng, delay, model, onDelivered }: VirtualNetworkOptions) {
    this.heap = heap;
    this.rng = rng;
    this.paths = new Paths(heap, model ?? plainNetwork(delay));
    this.onDelivered = onDelivered;
  }

  get links(): Links {
    return this.paths.links;
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
    this.power.turnOn(host);
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
    this.power.turnOff(host);
  }

  setLoss(probability: number): void {
    this.change({ loss: probability });
  }

  /** Changes what it does to datagrams from now on. */
  change(model: Partial<NetworkModel>): void {
    this.paths.model = { ...this.paths.model, ...model };
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
    this.paths.faults = faults;
  }

  /** Removes what is cut, partitioned or clogged. What the network does to all links stays. */
  heal(): void {
    this.links.heal();
  }

  transmit(from: VirtualPort, to: Destination, datagram: Uint8Array): void {
    this.counters.sent++;
    const sent = { from, to, datagram };
    this.carry(sent);
    const { duplicate, replay } = this.paths.model;
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

  private passFaults(
    from: string,
    to: string,
    leave: () => void,
    reject: () => void = () => {},
  ): void {
    this.paths.passFaults({ from, to, rng: this.rng }, leave, (loss, isRejected) => {
      this.counters[loss]++;
      if (isRejected) reject();
    });
  }

  private arrive(sent: Sent): void {
    const { from, to, datagram } = sent;
    const { endpoint } = to;
    if (this.power.isSilent(endpoint.host)) {
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
        // As all that comes for a host that is paused.
        if (this.power.isPaused(back)) return;
        this.counters.refused++;
        prober.deliverRefusal(member);
      }),
    );
  }

  private travel(from: string, to: string, arrive: () => void): void {
    const loss = this.paths.travel({ from, to, rng: this.rng }, arrive);
    if (loss !== undefined) this.counters[loss]++;
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
