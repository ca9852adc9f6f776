import type { MemberName, Millis } from "../../core/member.ts";
import type { Rng } from "../../core/primitives/rng.ts";
import { Sequence } from "../../core/primitives/sequence.ts";

/** What one number was given to. */
export type PoolQuestion =
  | { readonly kind: "ping"; readonly member: MemberName; readonly run: number }
  /** The same beside the regular ones. */
  | { readonly kind: "beside"; readonly member: MemberName; readonly run: number }
  /** To a member that is over: does it answer again? */
  | { readonly kind: "knock"; readonly member: MemberName }
  /** Does `from` reach `to`? */
  | { readonly kind: "path"; readonly from: MemberName; readonly to: MemberName };

interface Asked {
  readonly question: PoolQuestion;
  readonly at: Millis;
}

/** Requests open at once; the oldest is given up. */
const OPEN_MAX = 8192;

/**
 * One number for each request: acks and nacks say nothing else of what they answer, and a relayed
 * ack looks like a direct one.
 */
export class PoolRequests {
  private readonly open = new Map<number, Asked>();
  private readonly sequence: Sequence;
  private readonly keptMs: Millis;

  constructor(rng: Rng, keptMs: Millis) {
    this.sequence = new Sequence(rng);
    this.keptMs = keptMs;
  }

  /** A number for the question. */
  ask(question: PoolQuestion, now: Millis): number {
    const seq = this.sequence.next();
    this.open.set(seq, { question, at: now });
    if (this.open.size > OPEN_MAX) this.dropFirst();
    return seq;
  }

  /** What the number was given to, and when. The number stays good: a nack may follow an ack. */
  get(seq: number): Asked | undefined {
    return this.open.get(seq);
  }

  /** The question is answered. */
  close(seq: number): void {
    this.open.delete(seq);
  }

  /** Gives up what was asked too long ago. */
  wake(now: Millis): void {
    for (const [seq, { at }] of this.open) {
      if (now - at < this.keptMs) return;
      this.open.delete(seq);
    }
  }

  private dropFirst(): void {
    for (const seq of this.open.keys()) {
      this.open.delete(seq);
      return;
    }
  }
}
