import type { NodeConfig } from "../../src/core/config.ts";
import type { Effect } from "../../src/core/effect.ts";
import type { Input } from "../../src/core/input.ts";
import type { Endpoint, MemberName, MemberRecord, Millis } from "../../src/core/member.ts";
import type { MessageSizer } from "../../src/core/message.ts";
import { createSwimNode, type SwimNode } from "../../src/core/node/swim-node.ts";
import { seededRng } from "../../src/core/primitives/rng.ts";

export interface ProcessOptions {
  /** What the transcript calls it; its member's name unless two processes claim one. */
  readonly name: string;
  readonly self: MemberRecord;
  readonly config: NodeConfig;
  readonly rngSeed: number;
  readonly sizer: MessageSizer;
  readonly seeds: readonly Endpoint[];
}

/** Later than this a wakeup finds a process that stood still, as in the host. */
const STALL_MS = 50;

/** One run of a node: stepped by hand, frozen and thawed. */
export class Process {
  readonly name: string;
  readonly self: MemberRecord;
  readonly seeds: readonly Endpoint[];
  readonly node: SwimNode;
  /** Inputs that wait while it is frozen; undefined while it runs. */
  private waiting: Input[] | undefined;

  constructor({ name, self, config, rngSeed, sizer, seeds }: ProcessOptions) {
    this.name = name;
    this.self = self;
    this.seeds = seeds;
    const rng = seededRng([rngSeed, 2, 3, 4]);
    this.node = createSwimNode({ self, config, rng, sizer, hasSeeds: seeds.length > 0 });
  }

  get member(): MemberName {
    return this.self.name;
  }

  /** When it wants to be woken; never while it is frozen. */
  get wakeupAt(): Millis {
    if (this.waiting !== undefined) return Number.POSITIVE_INFINITY;
    return this.node.nextWakeupAt() ?? Number.POSITIVE_INFINITY;
  }

  step(now: Millis, input: Input): readonly Effect[] {
    if (this.waiting === undefined) return this.node.step(now, input);
    this.waiting.push(input);
    return [];
  }

  freeze(): void {
    this.waiting ??= [];
  }

  /** What arrived meanwhile comes first, then the wakeup that says how long it stood still. */
  thaw(now: Millis): Input[] {
    const missed = this.waiting ?? [];
    this.waiting = undefined;
    const lateMs = now - (this.node.nextWakeupAt() ?? now);
    return [...missed, { kind: "wakeup", stalledMs: lateMs > STALL_MS ? lateMs : 0 }];
  }
}
