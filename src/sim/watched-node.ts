import type { Effect } from "../core/effect.ts";
import type { Input } from "../core/input.ts";
import type { MemberName, MemberRecord, Millis } from "../core/member.ts";
import type { SwimNode } from "../core/node/swim-node.ts";
import type { MemberExplanation, NodeSnapshot } from "../core/snapshot.ts";

/** What sees every process begin and end, and every step of every node. It changes nothing. */
export interface SimWatcher {
  started(process: string, self: MemberRecord, nowMs: Millis): void;
  stepped(process: string, input: Input, effects: readonly Effect[], nowMs: Millis): void;
  ended(process: string, nowMs: Millis): void;
}

/** A node whose steps are seen. */
export class WatchedNode implements SwimNode {
  private readonly node: SwimNode;
  private readonly onStep: (input: Input, effects: readonly Effect[], nowMs: Millis) => void;

  constructor(
    node: SwimNode,
    onStep: (input: Input, effects: readonly Effect[], nowMs: Millis) => void,
  ) {
    this.node = node;
    this.onStep = onStep;
  }

  step(nowMs: Millis, input: Input): readonly Effect[] {
    const effects = this.node.step(nowMs, input);
    this.onStep(input, effects, nowMs);
    return effects;
  }

  nextWakeupAt(): Millis | undefined {
    return this.node.nextWakeupAt();
  }

  snapshot(nowMs: Millis): NodeSnapshot {
    return this.node.snapshot(nowMs);
  }

  explain(nowMs: Millis, member: MemberName): MemberExplanation | undefined {
    return this.node.explain(nowMs, member);
  }
}
