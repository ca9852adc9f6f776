import type { MemberName, Millis } from "../member.ts";

/** A round is tried again this often before a missing nack no longer holds the accusation back. */
export const ROUND_REPEATS_MAX = 2;

/**
 * One attempt to reach a silent subject: a ping, and ping-reqs to helpers (SWIM §3.1), until its
 * deadline.
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

/** What a round that nobody answered may lead to. */
export interface RoundOutcomeFacts {
  /** The subject is the only other member neither dead nor left: nobody could vouch for us. */
  readonly isPair: boolean;
  /** This node knows that it is cut off. */
  readonly isIsolated: boolean;
  /** Somebody other than the subject was heard since the round began. */
  readonly heardOther: boolean;
  readonly nacks: number;
  readonly repeats: number;
}

/**
 * Accuse only if the fault is not likely our own: somebody else was heard meanwhile, and a helper
 * said that it could not reach the subject either. Dead helpers cannot say so: after two repeats
 * hearing somebody else is enough.
 */
export function judgeRound(facts: RoundOutcomeFacts): "accused" | "repeated" | "withheld" {
  if (facts.isPair) return "accused";
  if (facts.isIsolated) return "withheld";
  if (facts.heardOther && facts.nacks > 0) return "accused";
  if (facts.repeats < ROUND_REPEATS_MAX) return "repeated";
  return facts.heardOther ? "accused" : "withheld";
}
