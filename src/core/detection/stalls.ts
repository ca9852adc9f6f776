import type { ProbeConfig } from "../config.ts";
import type { Millis } from "../member.ts";
import { NEVER } from "../primitives/deadlines.ts";
import type { Outbox } from "../sending/outbox.ts";

/**
 * A wakeup later than this, in ms, means that the process did not run; a busy machine alone stays
 * well below. The one bound of this kind: the host measures by it, too.
 */
export const STALL_MS_MIN = 50;

/** Stalls of this process since its start; times in ms. */
export interface StallTotals {
  readonly count: number;
  readonly totalMs: Millis;
  readonly lastMs: Millis;
}

/** A part with clocks that run against other members. */
export interface Shiftable {
  /** Takes a span in which this node could not hear out of every silence and deadline. */
  shift(byMs: Millis, now: Millis): void;
}

interface StallsParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly outbox: Outbox;
  /** In the order in which they are shifted. */
  readonly clocks: readonly Shiftable[];
  /** What a stall says about this node itself. */
  readonly onStalled: (stalledMs: Millis, now: Millis) => void;
}

/**
 * A stall of this process (docs/protocol.md §12, rule 11; own, where Lifeguard §IV-A only lowers
 * its trust in itself; shown by `scenarios/stall-the-accuser.yaml`). What looked like the others'
 * silence was our own. So the span of a stall is taken out of all clocks before anything is judged,
 * and for one period every header says so, because peers must not learn from that gap. A late
 * wakeup is noticed in `src/host/step-pump.ts`, which drains the sockets before it submits it: what
 * was waiting in them is heard first. Messages never judge deadlines, only wakeups do
 * (`node/swim-node.ts`).
 *
 * Shifted are the five clocks by which the silence of a member decides about it: when members were
 * heard (`LastHeard`), the subjects' detectors, pings and rounds (`Prober`), `Suspicions`,
 * `DeathChecks` and `RivalClaims`. Where silence decides nothing, nothing is shifted: an owner of a
 * name yields only to words of members (`OwnNameClaims`), a far claim that was refused comes again,
 * a sync that was given up starts again, and a helper's nack only adds to what the asker found
 * (`Relays`).
 */
export class Stalls {
  private sum: StallTotals = { count: 0, totalMs: 0, lastMs: 0 };
  /** A message long after this finds a process that stood still. */
  private wakeupDueAt: Millis = NEVER;
  private announcedUntil: Millis = NEVER;
  private readonly parts: StallsParts;

  constructor(parts: StallsParts) {
    this.parts = parts;
  }

  /** A wakeup came, `stalledMs` too late because this process did not run. */
  onWakeup(stalledMs: Millis, now: Millis): void {
    if (stalledMs > STALL_MS_MIN) this.onStall(stalledMs, now);
    if (now >= this.announcedUntil) this.announce(0, NEVER);
  }

  /** First the clocks, so that nothing is judged by the time that was lost; then the rest of the node. */
  private onStall(stalledMs: Millis, now: Millis): void {
    const { config, outbox, onStalled } = this.parts;
    const { count, totalMs } = this.sum;
    this.sum = { count: count + 1, totalMs: totalMs + stalledMs, lastMs: stalledMs };
    this.shift(stalledMs, now);
    onStalled(stalledMs, now);
    outbox.emit({ kind: "stalled", stalledMs });
    this.announce(stalledMs, now + config.probeIntervalMs);
  }

  /** Takes a span in which this node could not hear, a stall or an isolation, out of all clocks. */
  shift(byMs: Millis, now: Millis): void {
    for (const clock of this.parts.clocks) clock.shift(byMs, now);
  }

  /** So far. */
  get totals(): StallTotals {
    return this.sum;
  }

  /** When the next wakeup is due, or NEVER. */
  get nextWakeupAt(): Millis {
    return this.wakeupDueAt;
  }

  /**
   * A message came: whether a wakeup is overdue. Peers are answered before it comes, so the answers
   * must say already that this node stood still.
   */
  announceIfLate(now: Millis): boolean {
    const lateMs = now - this.wakeupDueAt;
    if (lateMs <= STALL_MS_MIN) return false;
    this.announce(lateMs, now + this.parts.config.probeIntervalMs);
    return true;
  }

  /**
   * Sets the next wakeup. One that is due stays due until it comes, because its lateness is what
   * shows a stall; a deadline that had passed when it was set is not late.
   */
  expectWakeup(nextDeadline: Millis, now: Millis): void {
    this.wakeupDueAt = Math.max(now, nextDeadline);
  }

  /** Whether a wakeup should have come by now. */
  isWakeupOverdue(now: Millis): boolean {
    return this.wakeupDueAt <= now;
  }

  /** The moment from which headers no longer speak of a stall. */
  nextDeadline(): Millis {
    return this.announcedUntil;
  }

  private announce(stalledMs: Millis, until: Millis): void {
    this.parts.outbox.announceStall(stalledMs);
    this.announcedUntil = until;
  }
}
