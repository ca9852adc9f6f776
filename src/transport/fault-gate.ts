import { type Endpoint, formatEndpoint, type MemberName, type Millis } from "../core/member.ts";
import type { Rng } from "../core/primitives/rng.ts";
import type { Destination, Transport, TransportReceiver } from "../host/ports.ts";
import { DelayLine } from "./delay-line.ts";
import { drawDelaysMs, type LinkFault, type LinkRules, linkFault } from "./link-rules.ts";

/** What the gate stands before. */
export interface FaultGateOptions {
  /** The node that sends: rules from others are none of this gate's business. */
  readonly self: MemberName;
  readonly transport: Transport;
  readonly rng: Rng;
}

/** What the gate did to datagrams and refusals. Plain numbers that only grow. */
export interface FaultCounters {
  dropped: number;
  delayed: number;
  duplicated: number;
  /** Refusals that did not come back, because the way back is cut. */
  refusalsDropped: number;
  /** Dropped because too many were held already. */
  overflowed: number;
}

/** Addresses whose member is remembered; far more than a cluster that anybody breaks on purpose has. */
const ADDRESSES_MAX = 4096;

const REJECTED_AFTER_MS = 1;

/**
 * Breaks the links of one node on purpose, at its sending end alone: what is dropped is never sent,
 * so that a cut link is silent and nothing is refused on it.
 *
 * What a rule rejects is reported as a filter on the way would do it.
 *
 * The one thing that comes back without having been sent by a node is a refusal: the peer's host
 * speaks it, often for a process that is dead. It is held to the rules of the way back.
 */
export class FaultGate implements Transport {
  readonly counters: FaultCounters = newFaultCounters();
  private readonly self: MemberName;
  private readonly transport: Transport;
  private readonly rng: Rng;
  private readonly delayLine = new DelayLine();
  private rules: LinkRules = [];
  private receiver: TransportReceiver | undefined;
  /** By peer, worked out when first needed under these rules. */
  private readonly outward = new Map<MemberName | undefined, LinkFault | undefined>();
  private readonly backward = new Map<MemberName, LinkFault | undefined>();
  /** Whose address is whose: a node dials its seeds and syncs by address alone. */
  private readonly names = new Map<string, MemberName>();

  constructor({ self, transport, rng }: FaultGateOptions) {
    this.self = self;
    this.transport = transport;
    this.rng = rng;
  }

  /** Replaces all rules. What is held already keeps the time that it was given. */
  setRules(rules: LinkRules): void {
    this.rules = rules;
    this.outward.clear();
    this.backward.clear();
  }

  /** Tells whose address it is before the node itself can know. */
  nameAddress(name: MemberName, endpoint: Endpoint): void {
    if (this.names.size >= ADDRESSES_MAX) this.names.clear();
    this.names.set(formatEndpoint(endpoint), name);
  }

  listen(receiver: TransportReceiver): void {
    this.receiver = receiver;
    this.transport.listen({
      onDatagram: (datagram, from) => receiver.onDatagram(datagram, from),
      onRefused: (member, probeSeq) => this.passRefusal(receiver, member, probeSeq),
    });
  }

  send(datagram: Uint8Array, to: Destination): void {
    const member = this.memberAt(to);
    const fault = this.rules.length === 0 ? undefined : this.faultTo(member);
    if (fault === undefined) {
      this.transport.send(datagram, to);
      return;
    }
    const delaysMs = drawDelaysMs(fault, this.rng);
    if (delaysMs.length === 0) this.drop(to, fault);
    if (delaysMs.length > 1) this.counters.duplicated++;
    for (const delayMs of delaysMs) this.pass(delayMs, () => this.transport.send(datagram, to));
  }

  /** What is held is lost. The transport stays the caller's to close. */
  close(): void {
    this.setRules([]);
    this.delayLine.clear();
  }

  private drop({ member, probeSeq }: Destination, { reject }: LinkFault): void {
    this.counters.dropped++;
    if (!reject || member === undefined || probeSeq === undefined) return;
    // Not within the call that sends: no kernel answers so soon.
    this.pass(REJECTED_AFTER_MS, () => this.receiver?.onRefused(member, probeSeq));
  }

  private passRefusal(receiver: TransportReceiver, member: MemberName, probeSeq: number): void {
    const fault = this.rules.length === 0 ? undefined : this.faultFrom(member);
    const delayMs = fault === undefined ? 0 : drawDelaysMs(fault, this.rng)[0];
    if (delayMs === undefined) this.counters.refusalsDropped++;
    else this.pass(delayMs, () => receiver.onRefused(member, probeSeq));
  }

  private pass(delayMs: Millis, release: () => void): void {
    if (delayMs <= 0) {
      release();
      return;
    }
    if (this.delayLine.hold(delayMs, release)) this.counters.delayed++;
    else this.counters.overflowed++;
  }

  private memberAt({ endpoint, member }: Destination): MemberName | undefined {
    const address = formatEndpoint(endpoint);
    const known = this.names.get(address);
    if (member === undefined) return known;
    if (member !== known) this.nameAddress(member, endpoint);
    return member;
  }

  private faultTo(member: MemberName | undefined): LinkFault | undefined {
    if (!this.outward.has(member)) {
      this.outward.set(member, linkFault(this.rules, this.self, member));
    }
    return this.outward.get(member);
  }

  private faultFrom(member: MemberName): LinkFault | undefined {
    if (!this.backward.has(member)) {
      this.backward.set(member, linkFault(this.rules, member, this.self));
    }
    return this.backward.get(member);
  }
}

function newFaultCounters(): FaultCounters {
  return { dropped: 0, delayed: 0, duplicated: 0, refusalsDropped: 0, overflowed: 0 };
}
