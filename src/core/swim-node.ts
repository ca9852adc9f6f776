import type { NodeConfig } from "./config.ts";
import type { Effect } from "./effect.ts";
import type { Input } from "./input.ts";
import type { MemberName, MemberRecord, Millis } from "./member.ts";
import type { MessageSizer } from "./message.ts";
import type { Rng } from "./primitives/rng.ts";
import type { MemberExplanation, NodeSnapshot } from "./snapshot.ts";

/** What a node is made of. */
export interface SwimNodeOptions {
  /** The node's own record as it starts. */
  readonly self: MemberRecord;
  readonly config: NodeConfig;
  readonly rng: Rng;
  readonly sizer: MessageSizer;
  /** Whether seeds were given: then the node asks for them (`seeds-wanted`) until it knows who answers there. */
  readonly hasSeeds: boolean;
}

/** The protocol as a pure state machine: one door in, one batch of effects out. */
export interface SwimNode {
  /**
   * Runs to completion, never throws on anything a peer can send, keeps no input. `nowMs` is monotonic. The first call
   * must be a wakeup with `stalledMs: 0`; it starts the clocks.
   */
  step(nowMs: Millis, input: Input): readonly Effect[];
  /** When the host must call next with a wakeup. Early and late wakeups are both harmless. */
  nextWakeupAt(): Millis | undefined;
  snapshot(nowMs: Millis): NodeSnapshot;
  explain(nowMs: Millis, member: MemberName): MemberExplanation | undefined;
}

export declare function createSwimNode(options: SwimNodeOptions): SwimNode;
