import type { DisseminationConfig } from "../config.ts";
import type { Effect, NodeEvent, SendTo, WireTarget } from "../effect.ts";
import {
  type Endpoint,
  isPresent,
  type MemberName,
  type Millis,
  sameEndpoint,
  type Update,
} from "../member.ts";
import type { Self } from "../membership/self.ts";
import type { MembershipTable } from "../membership/table.ts";
import type { Header, MessageBody, MessageSizer } from "../message.ts";
import { nameMark } from "../primitives/hash.ts";
import type { Sequence } from "../primitives/sequence.ts";
import type { UserMessage } from "../user-message.ts";
import type { Dissemination } from "./dissemination.ts";
import type { ProvenAddresses } from "./proven-addresses.ts";
import type { UserMessageQueue } from "./user-message-queue.ts";

interface OutboxParts {
  readonly config: DisseminationConfig;
  readonly sizer: MessageSizer;
  readonly self: Self;
  readonly dissemination: Dissemination;
  readonly userMessageQueue: UserMessageQueue;
  readonly table: Pick<MembershipTable, "get" | "digest">;
  readonly sequence: Sequence;
  readonly provenAddresses: ProvenAddresses;
}

/** How one message is filled. */
export interface SendOptions {
  /** Go in first; those that do not fit are left out. */
  readonly updates?: readonly Update[];
  /** Go in before other user messages, behind all updates. */
  readonly userMessages?: readonly UserMessage[];
  /**
   * Whether owed updates and user messages may ride along; pages want their room for themselves.
   */
  readonly piggyback?: boolean;
  /** Of the owed updates only fresh deaths ride along. */
  readonly onlyUrgent?: boolean;
}

/** The bodies that may be padded to the length of the answer that they want. */
type PaddedBody = Extract<MessageBody, { readonly padding?: number }>;

/** Where an answer goes that nobody was shown to live at, and how many bytes may still go there. */
interface Unproven {
  readonly endpoint: Endpoint;
  bytesLeft: number;
}

/** Carries a record with some tags and services; a longer one comes by sync. */
const RECORD_ANSWER_BYTES = 320;
/** A relayed ack has seven bytes more than its ping-req, and its sender a name of 64 at most. */
const RELAYED_GROWTH_BYTES = 72;

/** Of a bin of 256 bytes or more; a shorter one is padded by so much less. */
const BIN_HEAD_BYTES = 3;

/**
 * Gathers the effects of one step: stamps headers, and fills every datagram with what is owed,
 * updates first and user messages in the room that they leave.
 */
export class Outbox {
  private effects: Effect[] = [];
  private unproven: Unproven | undefined;
  private counter = 0;
  private announcedStallMs: Millis = 0;
  private readonly parts: OutboxParts;

  constructor(parts: OutboxParts) {
    this.parts = parts;
  }

  /**
   * Sends one datagram: header, body, the given updates, and what is owed in the room that is left.
   * Returns the given updates that did not fit. Sends nothing where the address may be forged and
   * not even the body fits, or none of the updates that a gossip is for.
   */
  send(to: SendTo, body: MessageBody, options: SendOptions = {}): readonly Update[] {
    const given = options.updates ?? [];
    const room = this.room(body, to);
    let free = room;
    const updates: Update[] = [];
    const left: Update[] = [];
    for (const update of given) {
      const bytes = this.parts.sizer.updateBytes(update);
      (bytes > free ? left : updates).push(update);
      if (bytes <= free) free -= bytes;
    }
    const unproven = this.unprovenAt(to);
    if (unproven !== undefined) {
      const isInVain = body.kind === "gossip" && given.length > 0 && updates.length === 0;
      if (room < 0 || isInVain) return given;
      unproven.bytesLeft -= this.bytesMax(to) - free;
    }
    this.parts.provenAddresses.noteSent(body, to.endpoint);
    this.counter = (this.counter + 1) >>> 0;
    const header = this.header(to.member);
    if (options.piggyback === false || unproven !== undefined) {
      this.effects.push({ kind: "send", to, message: { header, body, updates } });
      return left;
    }
    const owed = this.owed(free, updates, to, options.onlyUrgent);
    updates.push(...owed);
    const { userMessageQueue } = this.parts;
    const news = userMessageQueue.isEmpty
      ? undefined
      : userMessageQueue.fill(body, free - this.bytesOf(owed), options.userMessages ?? []);
    const message = { header, body, updates, ...(news && { news }) };
    this.effects.push({ kind: "send", to, message });
    return left;
  }

  /**
   * Pings `target` where it is said to live: every ping of a node goes this way. Returns its
   * sequence number, which the answer repeats. Until the target takes this node's address for
   * proven, the ping has room for an ack and this node's record, or as much of it as the ack leaves.
   */
  ping(to: SendTo & { readonly member: MemberName }, options: SendOptions = {}): number {
    const { sequence, table, self } = this.parts;
    const seq = sequence.next();
    const body = { kind: "ping", seq, target: to.member, digest: table.digest } as const;
    if (to.member === self.name || this.isProvenTo(to)) this.send(to, body, options);
    else {
      const record = this.baseBytes({ kind: "gossip" }) + this.bytesOf([self.toUpdate()]);
      const bytes = this.baseBytes(body) + record;
      this.sendPadded(to, body, bytes + this.bytesOf(options.updates ?? []), options);
    }
    return seq;
  }

  /** Asks what is held of the member. */
  askRecord(to: SendTo, member: MemberName): void {
    const body = { kind: "record-request", member } as const;
    if (this.isProvenTo(to)) this.send(to, body);
    else this.sendPadded(to, body, RECORD_ANSWER_BYTES);
  }

  /** Asks a helper to ping a member that does not answer this node. */
  askHelper(to: SendTo, body: Extract<MessageBody, { kind: "ping-req" }>): void {
    if (this.isProvenTo(to)) this.send(to, body);
    else this.sendPadded(to, body, this.baseBytes(body) + RELAYED_GROWTH_BYTES, {});
  }

  /** Sends a request that is as long as the answer it wants, where `bytes` have room for it. */
  sendPadded(
    to: SendTo,
    body: PaddedBody,
    bytes: number,
    options: SendOptions = { piggyback: false },
  ): void {
    const room = this.room(body, to, bytes) - this.bytesOf(options.updates ?? []);
    const padding = Math.max(0, room - BIN_HEAD_BYTES);
    this.send(to, { ...body, padding }, options);
  }

  /** Bytes left for updates in a datagram with this body, of at most `bytesMax`, to anybody or to one. */
  room(body: MessageBody, to?: SendTo, bytesMax = Number.POSITIVE_INFINITY): number {
    const most = to === undefined ? this.parts.config.datagramBytesMax : this.bytesMax(to);
    return Math.min(bytesMax, most) - this.baseBytes(body);
  }

  /**
   * A datagram of so many bytes came from there, and its sender's address may be forged: until the
   * end of this step no more than that goes there, and to other addresses that are no member's home,
   * and no news of others (docs/protocol.md §12, rule 25; RFC 9000 §8.1). This is the one place that
   * counts: it holds for whatever is sent.
   */
  limit(endpoint: Endpoint, bytes: number): void {
    this.unproven = { endpoint, bytesLeft: bytes };
  }

  /** Whether this step answers an address that may be forged. */
  get isLimited(): boolean {
    return this.unproven !== undefined;
  }

  /** The address is not forged after all. */
  liftLimit(): void {
    this.unproven = undefined;
  }

  /** Keeps an idle wire to each of these, and to nobody else. */
  keepWires(to: readonly WireTarget[]): void {
    this.effects.push({ kind: "keep-wires", to });
  }

  /** Sends a byte on the wire to the member. */
  poke(member: MemberName): void {
    this.effects.push({ kind: "poke", member });
  }

  /** Sends a spy: a connect to the member's port. Returns its number, which the answer repeats. */
  dial(member: MemberName, endpoint: Endpoint): number {
    const seq = this.parts.sequence.next();
    this.effects.push({ kind: "dial", member, endpoint, seq });
    return seq;
  }

  /** Emits an event: the host, the log, metrics and the control API read it. */
  emit(event: NodeEvent): void {
    this.effects.push({ kind: "event", event });
  }

  /** Says in every header that this node stood still for so long; 0 ends that. */
  announceStall(stalledMs: Millis): void {
    this.announcedStallMs = Math.round(stalledMs);
  }

  /** The effects of the step, in order; the next step begins with none. */
  take(): Effect[] {
    const taken = this.effects;
    this.effects = [];
    this.liftLimit();
    return taken;
  }

  private unprovenAt({ endpoint, member }: SendTo): Unproven | undefined {
    const { unproven } = this;
    if (unproven === undefined || sameEndpoint(unproven.endpoint, endpoint)) return unproven;
    const home = member === undefined ? undefined : this.parts.table.get(member)?.record.endpoint;
    return home !== undefined && sameEndpoint(home, endpoint) ? undefined : unproven;
  }

  private bytesMax(to: SendTo): number {
    const { datagramBytesMax } = this.parts.config;
    return Math.min(datagramBytesMax, this.unprovenAt(to)?.bytesLeft ?? datagramBytesMax);
  }

  /** Whether the peer takes this node's address for proven, as far as this node knows. */
  private isProvenTo({ member }: SendTo): boolean {
    const peer = member === undefined ? undefined : this.parts.table.get(member);
    if (peer === undefined || !isPresent(peer.state)) return false;
    return this.parts.provenAddresses.isProvenTo(peer.name, peer.record.startId);
  }

  private baseBytes(body: MessageBody): number {
    return this.parts.sizer.baseBytes(this.header(), body);
  }

  /**
   * Updates sent to a suspect or dead member do not count as sent: after a mass crash most would be
   * lost.
   */
  private owed(
    bytesFree: number,
    riding: readonly Update[],
    { member }: SendTo,
    onlyUrgent = false,
  ): Update[] {
    const { dissemination, table } = this.parts;
    const state = member === undefined ? undefined : table.get(member)?.state;
    const isCounted = state === undefined || state === "alive";
    return dissemination.fill(bytesFree, riding, { isCounted, onlyUrgent });
  }

  private bytesOf(updates: readonly Update[]): number {
    return updates.reduce((sum, update) => sum + this.parts.sizer.updateBytes(update), 0);
  }

  private header(to?: MemberName): Header {
    const { name: sender, startId, incarnation } = this.parts.self.record;
    return {
      sender,
      startId,
      incarnation,
      counter: this.counter,
      stalledMs: this.announcedStallMs,
      addressee: to === undefined ? null : (this.parts.table.get(to)?.hash.low ?? nameMark(to)),
    };
  }
}

/** The destination of a plain message to a member. */
export function toMember(member: {
  readonly record: { readonly endpoint: SendTo["endpoint"]; readonly name: MemberName };
}): SendTo & { readonly member: MemberName } {
  return { endpoint: member.record.endpoint, member: member.record.name };
}
