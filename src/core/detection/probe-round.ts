import type { Endpoint, MemberName, Millis } from "../member.ts";
import type { MessageBody } from "../message.ts";

/** A helper answers "no" early enough that the no can travel back before the round ends. */
const NACK_SHARE = 0.6;

/**
 * One attempt to reach a silent subject: a ping, and ping-reqs to helpers (SWIM §3.1;
 * docs/protocol.md §12, rule 6), until its deadline.
 */
export class ProbeRound {
  startedAt: Millis;
  readonly helpers = new Set<MemberName>();
  readonly nacks = new Set<MemberName>();
  repeats = 0;
  /** Of the ping-reqs sent last: a nack of earlier ones no longer counts, a relayed ack does. */
  seq = 0;
  deadline: Millis = 0;
  private waitMs: Millis = 0;
  private readonly askedSeqs = new Set<number>();

  constructor(startedAt: Millis) {
    this.startedAt = startedAt;
  }

  /** The first attempt, or another one. */
  begin(seq: number, waitMs: Millis, now: Millis): void {
    this.seq = seq;
    this.waitMs = waitMs;
    this.deadline = now + waitMs;
    this.askedSeqs.add(seq);
  }

  /** What helpers are asked in this attempt. */
  request(target: MemberName, endpoint: Endpoint): Extract<MessageBody, { kind: "ping-req" }> {
    const nackAfterMs = Math.round(this.waitMs * NACK_SHARE);
    return { kind: "ping-req", seq: this.seq, target, endpoint, nackAfterMs };
  }

  /** Whether `seq` is of this round, not of one long over. */
  hasAsked(seq: number): boolean {
    return this.askedSeqs.has(seq);
  }

  /**
   * What was heard moves by the same span, and must not look as if it came within the round. It
   * waits at most once more: a round begun early in a long outage would last as long again.
   */
  shift(byMs: Millis, now: Millis): void {
    this.startedAt = Math.min(now, this.startedAt + byMs);
    this.deadline = Math.min(this.deadline + byMs, now + this.waitMs);
  }
}
