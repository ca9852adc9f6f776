import type { MemberName, Millis } from "../member.ts";

/** A round is tried again this often before a missing nack no longer holds the accusation back. */
export const ROUND_REPEATS_MAX = 2;

/**
 * One attempt to reach a silent subject: a ping, and ping-reqs to helpers (SWIM §3.1), until its
 * deadline.
 */
export class ProbeRound {
  readonly startedAt: Millis;
  readonly helpers = new Set<MemberName>();
  readonly nacks = new Set<MemberName>();
  repeats = 0;
  /** Of the ping-reqs sent last; answers to earlier ones no longer count. */
  seq = 0;
  deadline: Millis = 0;

  constructor(startedAt: Millis) {
    this.startedAt = startedAt;
  }

  shift(byMs: Millis): void {
    this.deadline += byMs;
  }
}

/** What a round that nobody answered may lead to. */
export interface RoundOutcomeFacts {
  /** The subject is the only other member neither dead nor left: nobody could vouch for us. */
  readonly isPair: boolean;
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
  if (facts.heardOther && facts.nacks > 0) return "accused";
  if (facts.repeats < ROUND_REPEATS_MAX) return "repeated";
  return facts.heardOther ? "accused" : "withheld";
}
