import type { MemberName, MemberState, Millis } from "../../core/member.ts";
import type { Hash64 } from "../../core/primitives/hash.ts";
import type { PoolRecord } from "../wire/messages.ts";

/** The only states that a pool has. */
export type PoolState = Exclude<MemberState, "forgotten">;

/** One member of the pool, and what the pool believes of it as far as this guest knows. */
export interface PoolRow {
  readonly name: MemberName;
  readonly hash: Hash64;
  readonly state: PoolState;
  readonly since: Millis;
  /** Who declared the state: `?` where nobody was heard to. */
  readonly by: MemberName;
  readonly heard: PoolRecord;
  readonly incarnation: number;
  /** When this guest heard of that incarnation first. */
  readonly incarnationSince: Millis;
  /** When this guest knew of the member first, or again after it was over. */
  readonly knownSince: Millis;
  /** Counts the starts of the member that were seen, from 1. */
  readonly run: number;
  /** When it answered this guest directly for the last time. */
  heardAt: Millis | undefined;
  /** Who was heard to declare it dead at that incarnation, whether that was believed or not. */
  declared: { readonly by: MemberName; readonly incarnation: number } | undefined;
  /** What other members lately said of it, the oldest word first. */
  readonly opinions: ReadonlyMap<MemberName, Opinion>;
}

/** Whether a viewer has the member as over, and when it said so. */
export interface Opinion {
  readonly isOver: boolean;
  readonly at: Millis;
}
