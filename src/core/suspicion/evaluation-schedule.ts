import type { NodeConfig } from "../config.ts";
import type { MemberName, Millis } from "../member.ts";
import { earliest, NEVER } from "../primitives/deadlines.ts";
import type { Suspicion } from "./suspicion.ts";
import { graceEnds } from "./verdict-deadlines.ts";

/** How often in a period all suspicions are evaluated again. */
const EVALUATIONS_PER_PERIOD = 8;

/**
 * When a suspicion is evaluated again (docs/protocol.md §12, rule 9): each T/8, because observers
 * fall silent themselves; at once when an accusation came or one of its graces ended. How its
 * quorum is recounted then stands in `quorum.ts`, what comes of it in `verdict.ts`.
 */
export class EvaluationSchedule {
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
    const isForAll = now >= this.allAt;
    for (const suspicion of open.values()) {
      const isDue = isForAll || this.accused.has(suspicion.subject);
      if (isDue || this.nextGraceEnd(suspicion, this.lastAt) <= now) evaluate(suspicion);
    }
    this.accused.clear();
    this.lastAt = now;
    if (isForAll) this.allAt = now + this.config.probeIntervalMs / EVALUATIONS_PER_PERIOD;
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
