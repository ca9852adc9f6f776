import type { NodeConfig } from "../config.ts";
import type { MemberName, Millis } from "../member.ts";
import { earliest, NEVER } from "../primitives/deadlines.ts";
import { EVALUATIONS_PER_PERIOD, isRecountDue } from "./quorum.ts";
import type { Suspicion } from "./suspicion.ts";
import { graceEnds } from "./verdict-deadlines.ts";

/**
 * Wakes the suspicions of this node. The rule, when a quorum is recounted and how, stands in
 * `quorum.ts`; what comes of it in `verdict.ts`.
 */
export class SuspicionTimer {
  /** The next evaluation of all suspicions; and of any. */
  private allAt: Millis = NEVER;
  private nextAt: Millis = NEVER;
  private lastAt: Millis = Number.NEGATIVE_INFINITY;
  private readonly accused = new Set<MemberName>();
  private readonly config: NodeConfig;

  constructor(config: NodeConfig) {
    this.config = config;
  }

  /** An accusation came. */
  onAccused(subject: MemberName, now: Millis): void {
    this.accused.add(subject);
    if (this.allAt === NEVER) this.allAt = now;
    this.nextAt = Math.min(this.nextAt, now);
  }

  /** Evaluates those of the open suspicions that are due. */
  wake(
    open: ReadonlyMap<MemberName, Suspicion>,
    evaluate: (suspicion: Suspicion) => void,
    now: Millis,
  ): void {
    if (now < this.nextAt) return;
    const { allAt } = this;
    for (const suspicion of open.values()) {
      const isAccusedAnew = this.accused.has(suspicion.subject);
      const graceEndsAt = this.nextGraceEnd(suspicion, this.lastAt);
      if (isRecountDue({ allAt, isAccusedAnew, graceEndsAt }, now)) evaluate(suspicion);
    }
    this.accused.clear();
    this.lastAt = now;
    if (now >= allAt) this.allAt = now + this.config.probeIntervalMs / EVALUATIONS_PER_PERIOD;
    if (open.size === 0) this.allAt = NEVER;
    const graceEnd = earliest(open.values(), (each) => this.nextGraceEnd(each, now));
    this.nextAt = Math.min(this.allAt, graceEnd);
  }

  /** The next evaluation, or NEVER. */
  nextDeadline(): Millis {
    return this.nextAt;
  }

  /** The first end of a grace after that moment. */
  private nextGraceEnd(suspicion: Suspicion, after: Millis): Millis {
    return earliest(graceEnds(suspicion, this.config), (end) => (end > after ? end : NEVER));
  }
}
