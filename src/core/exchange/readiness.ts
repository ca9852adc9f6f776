import type { ProbeConfig } from "../config.ts";
import type { Millis, NotYet } from "../member.ts";
import type { MembershipTable } from "../membership/table.ts";
import { NEVER, type Timed } from "../primitives/deadlines.ts";
import type { Outbox } from "../sending/outbox.ts";
import type { Joining } from "./joining.ts";
import type { Sender } from "./record-repair.ts";
import type { SyncEnd } from "./sync.ts";
import type { SyncStart } from "./sync-start.ts";

/** All in periods. A member that died is dialled by others within two of these. */
const LISTEN_PERIODS = 2;
/**
 * As long as the longest pause between dials of a seed: who does not answer by then is not there.
 */
const ALONE_AFTER_PERIODS = 15;
/** A node that returns waits no longer for the first digest. */
const RETURN_PERIODS = 5;
/** A process that stood still for so long was cut off like one without a network. */
const STALL_PERIODS = 5;

interface ReadinessParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly syncStart: SyncStart;
  readonly joining: Pick<Joining, "isNobodyLeft">;
  /** Whether it has seeds, or remembers members of an earlier run. */
  readonly isLooking: boolean;
}

/** The digest of a peer, compared with ours. */
export interface ComparedDigest {
  readonly isEqual: boolean;
  /** Whether the peer says that its own view is whole; undefined where it does not say. */
  readonly isWhole: boolean | undefined;
}

/**
 * Whether this view may be served as whole. It is once a member whose view is whole sent the same
 * (a sync with it is complete, or its digest is ours), or once no address is left to ask: two
 * periods after the start without seeds, or with seeds that all answered; fifteen where seeds stay
 * silent.
 */
export class Readiness implements Timed {
  private current: NotYet | null;
  private since: Millis = Number.NaN;
  private listenUntil: Millis = NEVER;
  private aloneAt: Millis = NEVER;
  /** The last digest that was heard is not ours. */
  private isForeign = false;
  private readonly parts: ReadinessParts;

  constructor(parts: ReadinessParts) {
    this.parts = parts;
    this.current = parts.isLooking ? "joining" : "listening";
  }

  /** Null once the view is whole. */
  get notYet(): NotYet | null {
    return this.current;
  }

  /** Never whole since the start: what this node tells of its view must not count as all. */
  get isPartial(): boolean {
    return this.current === "joining" || this.current === "listening";
  }

  /** The clocks start, with a view that was given (`recall`), or none. */
  start(hasView: boolean, now: Millis): void {
    if (hasView) this.current = null;
    else this.expect(LISTEN_PERIODS, ALONE_AFTER_PERIODS, now);
  }

  /** A sync ended; one that is complete may make the view whole. */
  onSyncEnded({ isDone, isPeerPartial }: SyncEnd, now: Millis): void {
    if (!isDone) return;
    if (this.current === "returning" || !isPeerPartial || this.isNobodyLeft(now)) this.finish(now);
  }

  /** A peer sent the digest of its view. */
  onDigest({ isEqual, isWhole }: ComparedDigest, sender: Sender, now: Millis): void {
    if (this.current === null) return;
    this.isForeign = !isEqual;
    if (!isEqual) {
      // Its first dial may be lost in a busy moment: a peer that knows more is asked at once.
      if (this.current !== "listening") this.parts.syncStart.syncWith(sender, now);
      return;
    }
    if (this.current === "returning" || isWhole === true || this.isNobodyLeft(now)) {
      this.finish(now);
    }
  }

  /** A page came that introduces this node, alone so far, to a cluster, and more pages follow. */
  onIntroduced(now: Millis): void {
    if (this.current !== null) return;
    this.change("joining", now);
    this.expect(LISTEN_PERIODS, ALONE_AFTER_PERIODS, now);
  }

  /** This node was cut off, and is back: it does not know yet what happened meanwhile. */
  onReturned(now: Millis): void {
    if (this.current !== null || this.parts.table.presentCount <= 1) return;
    this.change("returning", now);
    this.expect(RETURN_PERIODS, RETURN_PERIODS, now);
  }

  /** This process did not run for so long. */
  onStalled(stalledMs: Millis, now: Millis): void {
    if (stalledMs >= STALL_PERIODS * this.parts.config.probeIntervalMs) this.onReturned(now);
  }

  wake(now: Millis): void {
    if (this.current === null) return;
    const isAlone = this.isNobodyLeft(now) && !this.isForeign;
    if (isAlone || now >= this.aloneAt) this.finish(now);
    else if (now >= this.listenUntil) this.listenUntil = NEVER;
  }

  nextDeadline(): Millis {
    return this.current === null ? NEVER : Math.min(this.listenUntil, this.aloneAt);
  }

  /** The peers that were heard do not know more, and no other is known that might. */
  private isNobodyLeft(now: Millis): boolean {
    if (now < this.since + LISTEN_PERIODS * this.parts.config.probeIntervalMs) return false;
    return this.parts.joining.isNobodyLeft;
  }

  private expect(listenPeriods: number, alonePeriods: number, now: Millis): void {
    const { probeIntervalMs } = this.parts.config;
    this.since = now;
    this.listenUntil = now + listenPeriods * probeIntervalMs;
    this.aloneAt = now + alonePeriods * probeIntervalMs;
    this.isForeign = false;
  }

  private finish(now: Millis): void {
    this.change(null, now);
  }

  private change(notYet: NotYet | null, now: Millis): void {
    if (this.current === notYet) return;
    const forMs = this.current === null ? 0 : now - this.since;
    this.current = notYet;
    this.parts.outbox.emit({ kind: "readiness-changed", notYet, forMs });
  }
}
