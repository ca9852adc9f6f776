import type { ProbeConfig } from "../config.ts";
import type { Millis } from "../member.ts";
import type { MembershipTable } from "../membership/table.ts";
import { jitter, type Rng } from "../primitives/rng.ts";

/** All in periods. The dead that died together are a cohort: each so long after the last at most, */
export const COHORT_GAP = 2;
/** and all of them within so long. */
export const COHORT_SPAN = 10;
/** A cohort is dialled this often while it is young. */
const PAUSE_YOUNG = 1.5;
const YOUNG_FOR = 60;
/** Later more seldom, the more nodes share the work; in a cluster of any size no seldomer. */
const PAUSE_PER_PRESENT = 0.6;
const PAUSE_MAX = 15;
const PAUSE_JITTER = 0.33;
/** Four dials in one period at most, whatever is due. */
const BETWEEN_DIALS = 0.25;
/** Beside those, a member is dialled on a hint that it may be back: not at once again. */
const HINT_PAUSE = 0.5;
/** Hints followed in one period. */
const HINTS_MAX = 32;

/** A cohort as one of its dials leaves it. */
interface Dialled {
  /** 1 is the newest cohort. */
  readonly rank: number;
  /** The last death in it. */
  readonly diedAt: Millis;
  /** Drawn at the dial. */
  readonly stretch: number;
}

interface RedialBackoffParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly rng: Rng;
  readonly table: MembershipTable;
}

/**
 * The back-off of redialling: how often the dead are dialled (docs/protocol.md §12, rule 16; own,
 * where SWIM dials nobody that it declared; shown by `scenarios/heal-among-tombstones.yaml`). Of the
 * dead that a node observes on the rings it dials one member of the newest cohort each 1.5 T in the
 * cohort's first 60 T, later each 0.6 T for each member present, 1.5 to 15 T; one of the k-th newest
 * k times as seldom; each pause ± 33 %. So does each ring observer. A node dials four times in T at
 * most, and on hints 32 times more. Which of the dead is dialled stands in `redial.ts`.
 *
 * Seeds and remembered addresses, where no present member is known at some of them, have a back-off
 * of their own in `exchange/joining.ts`: 0.25 T, half as long again with each dial, up to 2 T for a
 * node that is alone, 5 T with unknown addresses left, else 15 T.
 */
export class RedialBackoff {
  private notBefore: Millis = Number.NEGATIVE_INFINITY;
  private hintsSince: Millis = Number.NEGATIVE_INFINITY;
  private hints = 0;
  private readonly parts: RedialBackoffParts;

  constructor(parts: RedialBackoffParts) {
    this.parts = parts;
  }

  /** From one dial of a cohort to its next. */
  pauseMs({ rank, diedAt, stretch }: Dialled, now: Millis): Millis {
    const shared = PAUSE_PER_PRESENT * this.parts.table.presentCount;
    const isYoung = now - diedAt < YOUNG_FOR * this.periodMs;
    const periods = isYoung ? PAUSE_YOUNG : Math.min(PAUSE_MAX, Math.max(PAUSE_YOUNG, shared));
    return rank * stretch * periods * this.periodMs;
  }

  /** By how much the next pause is longer than the plain one: nodes are not to dial in step. */
  drawStretch(): number {
    return jitter(this.parts.rng, 1, PAUSE_JITTER);
  }

  /** Before this moment no cohort is dialled, whatever is due. */
  get nextDialAt(): Millis {
    return this.notBefore;
  }

  /** A cohort was dialled. */
  noteDial(now: Millis): void {
    this.notBefore = now + BETWEEN_DIALS * this.periodMs;
  }

  /** Whether a hint is followed, which then counts. `dialledAt`: when the member was last. */
  takeHint(dialledAt: Millis | undefined, now: Millis): boolean {
    if (dialledAt !== undefined && now - dialledAt < HINT_PAUSE * this.periodMs) return false;
    if (now - this.hintsSince >= this.periodMs) {
      this.hintsSince = now;
      this.hints = 0;
    }
    if (this.hints >= HINTS_MAX) return false;
    this.hints++;
    return true;
  }

  private get periodMs(): Millis {
    return this.parts.config.probeIntervalMs;
  }
}
