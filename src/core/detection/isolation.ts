import type { ProbeConfig } from "../config.ts";
import type { Millis } from "../member.ts";
import type { MembershipTable } from "../membership/table.ts";
import type { LastHeard } from "../observing/last-heard.ts";
import { WATCH_ALL_MAX } from "../observing/observers.ts";
import { NEVER, type Timed } from "../primitives/deadlines.ts";
import type { Outbox } from "../sending/outbox.ts";

/** In periods: nobody was heard for so long; then those that watch this node are pinged, too. */
const ASK_AFTER_PERIODS = 1.2;
const ASK_PERIODS = 0.5;
/** In periods: not hearing enough others for so long means being cut off. */
const ISOLATED_AFTER_PERIODS = 2;
/**
 * A node of a large cluster hears some sixteen others each period. Fewer than one in so many, or
 * than the most that is asked for, are too few to find a quorum with; a node that was cut off is
 * back once it hears so many more.
 */
const MEMBERS_PER_ONE = 8;
const FEW_MAX = 4;
const MORE = 2;
/** In periods: few are asked whether they are all, before this node believes it. */
const FEW_FOR_PERIODS = 0.6;
/** How often the few are counted. */
const COUNTS_PER_PERIOD = 4;

interface IsolationParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly table: MembershipTable;
  readonly lastHeard: LastHeard;
  readonly outbox: Outbox;
  /** Subjects whose hosts refused lately: the way to those hosts is open. */
  readonly refusedCount: (now: Millis) => number;
  readonly alarm: (now: Millis) => void;
  /** Those that watch this node are to hear it. */
  readonly pingObservers: () => void;
}

/**
 * Whether this node is cut off (docs/protocol.md §12, rules 11, 37 and 44; own,
 * shown by `scenarios/isolate-one.yaml` and `scenarios/minority-of-two-in-64.yaml`). It is when at
 * least two others should be there and none was heard for two periods, or in a large cluster only a
 * few. Then it keeps its members, and neither accuses nor declares on silence: the connectivity
 * gate, `connectivity-gate.ts`, asks here.
 * What its end takes back stands in `endIsolation` of `node/inbox.ts`: the time from all clocks, this
 * node's own accusations (rule 36, `Suspicions.withdrawOwn`), and its local health. With one other
 * member it is impossible to say whose fault it is, so the rule does not apply.
 */
export class Isolation implements Timed {
  private isolated = false;
  private silentSince: Millis = 0;
  private largeSince: Millis = NEVER;
  private askedAt: Millis = Number.NEGATIVE_INFINITY;
  private fewSince: Millis = NEVER;
  private countAt: Millis = Number.NEGATIVE_INFINITY;
  private readonly parts: IsolationParts;

  constructor(parts: IsolationParts) {
    this.parts = parts;
  }

  /** Whether this node is cut off. */
  get isIsolated(): boolean {
    return this.isolated;
  }

  /**
   * Somebody was heard. Returns the span to take out of all silences: the isolation that this ends,
   * or 0.
   */
  onHeard(now: Millis): Millis {
    if (!this.isolated || !this.hearsEnough(now)) return 0;
    const gapMs = now - this.silentSince;
    this.change(false, gapMs);
    return gapMs;
  }

  wake(now: Millis): void {
    if (!this.isLarge) this.largeSince = NEVER;
    else if (this.largeSince === NEVER) this.largeSince = now;
    if (now >= this.askDueAt) this.ask(now);
    if (this.isolated) {
      if (!this.expectsOthers()) this.change(false, 0);
      return;
    }
    const heardAt = this.parts.lastHeard.anybodyAt;
    if (heardAt === undefined || !this.expectsOthers()) return;
    if (now < heardAt + this.afterMs && !this.hearsFew(now)) return;
    this.silentSince = Math.min(heardAt, now - this.afterMs);
    this.change(true, now - this.silentSince);
  }

  nextDeadline(): Millis {
    const heardAt = this.parts.lastHeard.anybodyAt;
    if (heardAt === undefined || !this.expectsOthers()) return NEVER;
    return this.isolated ? this.askDueAt : Math.min(this.askDueAt, heardAt + this.afterMs);
  }

  private get askDueAt(): Millis {
    const { lastHeard, config } = this.parts;
    const heardAt = lastHeard.anybodyAt;
    if (heardAt === undefined || !this.expectsOthers()) return NEVER;
    const dueAt = heardAt + ASK_AFTER_PERIODS * config.probeIntervalMs;
    return Math.max(dueAt, this.askedAt + ASK_PERIODS * config.probeIntervalMs);
  }

  /** Nobody, or in a large cluster hardly anybody, is heard: perhaps it is this node (rule 44). */
  private ask(now: Millis): void {
    this.askedAt = now;
    this.parts.alarm(now);
    this.parts.pingObservers();
  }

  private expectsOthers(): boolean {
    return this.parts.table.presentCount >= 3;
  }

  /** Looked at now and then only: in a large cluster something wakes the node all the time. */
  private hearsFew(now: Millis): boolean {
    if (now < this.largeSince + this.afterMs || now < this.countAt) return false;
    this.countAt = now + this.parts.config.probeIntervalMs / COUNTS_PER_PERIOD;
    if (this.reachedCount(now) >= this.few) {
      this.fewSince = NEVER;
      return false;
    }
    if (this.fewSince === NEVER) {
      this.fewSince = now;
      this.ask(now);
    }
    return now >= this.fewSince + FEW_FOR_PERIODS * this.parts.config.probeIntervalMs;
  }

  private hearsEnough(now: Millis): boolean {
    return !this.isLarge || this.reachedCount(now) >= this.few + MORE;
  }

  /** Members heard lately, and subjects refused lately: a refusal shows that the path is open. */
  private reachedCount(now: Millis): number {
    const { lastHeard, refusedCount } = this.parts;
    return lastHeard.heardCountSince(now - this.afterMs) + refusedCount(now);
  }

  private get isLarge(): boolean {
    return this.parts.table.presentCount > WATCH_ALL_MAX;
  }

  private get few(): number {
    return Math.min(FEW_MAX, Math.ceil(this.parts.table.presentCount / MEMBERS_PER_ONE));
  }

  private get afterMs(): Millis {
    return ISOLATED_AFTER_PERIODS * this.parts.config.probeIntervalMs;
  }

  private change(isolated: boolean, silentMs: Millis): void {
    this.isolated = isolated;
    this.parts.outbox.emit({ kind: "isolated-changed", isolated, silentMs });
  }
}
