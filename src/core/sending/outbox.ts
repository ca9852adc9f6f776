import type { DisseminationConfig } from "../config.ts";
import type { Effect, NodeEvent, SendTo, WireTarget } from "../effect.ts";
import type { Endpoint, MemberName, Millis, Update } from "../member.ts";
import type { Self } from "../membership/self.ts";
import type { MembershipTable } from "../membership/table.ts";
import type { Header, MessageBody, MessageSizer } from "../message.ts";
import { nameMark } from "../primitives/hash.ts";
import type { Sequence } from "../primitives/sequence.ts";
import type { UserMessage } from "../user-message.ts";
import type { Dissemination } from "./dissemination.ts";
import type { UserMessageQueue } from "./user-message-queue.ts";

interface OutboxParts {
  readonly config: DisseminationConfig;
  readonly sizer: MessageSizer;
  readonly self: Self;
  readonly dissemination: Dissemination;
  readonly userMessageQueue: UserMessageQueue;
  readonly table: Pick<MembershipTable, "get" | "digest">;
  readonly sequence: Sequence;
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
  /** Of the datagram: no more than so many bytes are filled, or more than the body alone needs. */
  readonly bytesMax?: number;
}

/** The bodies that may be padded to the length of the answer that they want. */
type PaddedBody = Extract<MessageBody, { kind: "sync-request" | "view-request" }>;

/** Of a bin of 256 bytes or more; a shorter one is padded by so much less. */
const BIN_HEAD_BYTES = 3;

/**
 * Gathers the effects of one step: stamps headers, and fills every datagram with what is owed,
 * updates first and user messages in the room that they leave.
 */
export class Outbox {
  private effects: Effect[] = [];
  private counter = 0;
  private announcedStallMs: Millis = 0;
  private readonly parts: OutboxParts;

  constructor(parts: OutboxParts) {
    this.parts = parts;
  }

  /**
   * Sends one datagram: header, body, the given updates, and what is owed in the room that is left.
   * Returns the given updates that did not fit.
   */
  send(to: SendTo, body: MessageBody, options: SendOptions = {}): readonly Update[] {
    this.counter = (this.counter + 1) >>> 0;
    const header = this.header(to.member);
    const base = this.parts.sizer.baseBytes(header, body);
    let free = Math.min(this.parts.config.datagramBytesMax, options.bytesMax ?? Infinity) - base;
    const updates: Update[] = [];
    const left: Update[] = [];
    for (const update of options.updates ?? []) {
      const bytes = this.parts.sizer.updateBytes(update);
      (bytes > free ? left : updates).push(update);
      if (bytes <= free) free -= bytes;
    }
    if (options.piggyback === false) {
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
   * sequence number, which the answer repeats.
   */
  ping(to: SendTo & { readonly member: MemberName }, options: SendOptions = {}): number {
    const { sequence, table } = this.parts;
    const seq = sequence.next();
    this.send(to, { kind: "ping", seq, target: to.member, digest: table.digest }, options);
    return seq;
  }

  /** Sends a request that is as long as the answer it wants, where `bytes` have room for it. */
  sendPadded(to: SendTo, body: PaddedBody, updates: readonly Update[], bytes: number): void {
    const { config, sizer } = this.parts;
    const room = Math.min(bytes, config.datagramBytesMax) - sizer.baseBytes(this.header(), body);
    const padding = Math.max(0, room - this.bytesOf(updates) - BIN_HEAD_BYTES);
    this.send(to, { ...body, padding }, { updates, piggyback: false });
  }

  /** Bytes left for updates in a datagram with this body, of at most `bytesMax`. */
  room(body: MessageBody, bytesMax = Number.POSITIVE_INFINITY): number {
    const { config, sizer } = this.parts;
    return Math.min(bytesMax, config.datagramBytesMax) - sizer.baseBytes(this.header(), body);
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
    return taken;
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
