import type { MemberName, MemberRecord, Millis } from "../../core/member.ts";
import type { Rng } from "../../core/primitives/rng.ts";
import type { MemberExplanation, NodeSnapshot, PathReport } from "../../core/snapshot.ts";
import type { PoolConfig } from "./pool-config.ts";
import type { PoolEffect } from "./pool-effect.ts";
import type { PoolInput } from "./pool-input.ts";
import type { PoolReader } from "./pool-reader.ts";

/**
 * A guest in a memberlist pool as a pure state machine: it sees what the members see, and says
 * nothing to them but pings and empty push/pulls.
 */
export interface PoolWatch {
  /**
   * Runs to completion, never throws on anything a peer can send, keeps no input. `nowMs` is
   * monotonic. The first call must be a wakeup with `stalledMs: 0`; it starts the clocks.
   */
  step(nowMs: Millis, input: PoolInput): readonly PoolEffect[];
  /** When the host must call next with a wakeup. Early and late wakeups are both harmless. */
  nextWakeupAt(): Millis | undefined;
  /** `self` is not among the members. */
  snapshot(nowMs: Millis): NodeSnapshot;
  explain(nowMs: Millis, member: MemberName): MemberExplanation | undefined;
  /** Every path that was tried lately, those that are down first. */
  paths(nowMs: Millis): readonly PathReport[];
  /** Inputs that were passed over since the start, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** What a watcher is made of. */
export interface PoolWatchOptions {
  /** The guest: a record that is in no list of the pool. */
  readonly self: MemberRecord;
  readonly config: PoolConfig;
  readonly rng: Rng;
  readonly reader: PoolReader;
}
