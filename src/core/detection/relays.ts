import type { Sender } from "../exchange/record-repair.ts";
import {
  type AccusationReason,
  type Endpoint,
  type MemberName,
  type Millis,
  sameEndpoint,
} from "../member.ts";
import type { MembershipTable } from "../membership/table.ts";
import type { Header, MessageBody } from "../message.ts";
import { earliest, type Timed } from "../primitives/deadlines.ts";
import type { Outbox } from "../sending/outbox.ts";

/** Favours under way at once; more are not answered. */
const RELAYS_MAX = 1024;
/** What a relayed ack says of its target, at its longest. */
const LONGEST = { startId: "0".repeat(24), incarnation: 0xffff_ffff } as const;

type PingReq = Extract<MessageBody, { kind: "ping-req" }>;

interface Relay {
  readonly seq: number;
  readonly target: MemberName;
  readonly asker: Sender & { readonly seq: number };
  readonly nackAt: Millis;
}

interface RelaysParts {
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  /** Another observer doubts the member: this one looks for itself, if it is one. */
  readonly lookNow: (subject: MemberName, evidence: AccusationReason, now: Millis) => void;
}

/**
 * The pings this node sends for others (SWIM §3.1), with Lifeguard's nack when they stay
 * unanswered.
 */
export class Relays implements Timed {
  private readonly open = new Map<number, Relay>();
  private readonly parts: RelaysParts;

  constructor(parts: RelaysParts) {
    this.parts = parts;
  }

  /** Favours under way. */
  get count(): number {
    return this.open.size;
  }

  /**
   * Takes a favour on, for members only and to members only: else anybody could aim our pings. The
   * answer comes in a later step, so an asker that may be forged has to send as many bytes as that
   * will have.
   */
  onPingRequest(request: PingReq, asker: Sender, now: Millis): void {
    const { target, endpoint, nackAfterMs } = request;
    const { outbox, lookNow } = this.parts;
    if (this.open.size >= RELAYS_MAX) return;
    if (!this.livesAt(asker.name, asker.endpoint) || !this.livesAt(target, endpoint)) return;
    const answer = { kind: "relayed-ack", seq: request.seq, target, ...LONGEST } as const;
    if (outbox.room(answer, { endpoint: asker.endpoint }) < 0) return;
    const seq = outbox.ping({ endpoint, member: target, probe: true });
    const nackAt = now + nackAfterMs;
    this.open.set(seq, { seq, target, asker: { ...asker, seq: request.seq }, nackAt });
    lookNow(target, "silence", now);
  }

  /** The target answered one of these pings: pass it on. */
  onAck(header: Header, seq: number): void {
    const relay = this.take(seq, header.sender);
    if (relay === undefined) return;
    const { sender: target, startId, incarnation } = header;
    this.answer(relay, { kind: "relayed-ack", seq: relay.asker.seq, target, startId, incarnation });
  }

  /** The target's host, or another member with its port, says that it is gone. */
  onRefused(target: MemberName, seq: number): void {
    const relay = this.take(seq, target);
    if (relay !== undefined) this.nack(relay, true);
  }

  wake(now: Millis): void {
    for (const relay of [...this.open.values()]) {
      if (now < relay.nackAt) continue;
      this.open.delete(relay.seq);
      this.nack(relay, false);
    }
  }

  nextDeadline(): Millis {
    return earliest(this.open.values(), (relay) => relay.nackAt);
  }

  private livesAt(name: MemberName, endpoint: Endpoint): boolean {
    const member = this.parts.table.get(name);
    return member !== undefined && sameEndpoint(member.record.endpoint, endpoint);
  }

  private take(seq: number, target: MemberName): Relay | undefined {
    const relay = this.open.get(seq);
    if (relay?.target !== target) return undefined;
    this.open.delete(seq);
    return relay;
  }

  private nack(relay: Relay, refused: boolean): void {
    const { target, asker } = relay;
    this.answer(relay, { kind: "nack", seq: asker.seq, target, refused });
  }

  private answer(relay: Relay, body: MessageBody): void {
    const { endpoint, name, isProven } = relay.asker;
    this.parts.outbox.send({ endpoint, member: name }, body, { piggyback: isProven === true });
  }
}
