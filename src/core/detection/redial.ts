import type { ProbeConfig } from "../config.ts";
import { isPresent, type MemberName, type Millis } from "../member.ts";
import {
  beliefUpdate,
  type Member,
  type MembershipTable,
  type Transition,
} from "../membership/table.ts";
import type { Observers } from "../observing/observers.ts";
import { earliest, NEVER, type Timed } from "../primitives/deadlines.ts";
import type { Rng } from "../primitives/rng.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import { cohortsOf } from "./cohorts.ts";
import { COHORT_GAP, COHORT_SPAN, RedialBackoff } from "./redial-backoff.ts";

/** In periods. A change of the rings or the dead is looked at after this long, all changes together. */
const REGROUP_AFTER = 0.25;
/** Of the dead whose tombstones are gone, the newest so many are dialled still. */
const LOST_MAX = 64;

interface Dial {
  readonly diedAt: Millis;
  /** Of the last dial; as long as there was none, when the death was learned of. */
  at: Millis;
  isDialled: boolean;
  /** Nodes do not all dial the same one of a cohort first. */
  readonly order: number;
  /** By how much the pause after the last dial is longer than the plain one. */
  stretch: number;
}

interface Cohort {
  /** The last to die first. */
  readonly members: readonly Member[];
  /** 1 is the newest cohort. */
  readonly rank: number;
  lastAt: Millis;
  pauseMs: Millis;
}

interface RedialParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly rng: Rng;
  readonly table: MembershipTable;
  readonly observers: Observers;
  readonly outbox: Outbox;
}

/**
 * Pings the dead without end, with the news that they are held dead (how often, and how that backs
 * off, stands in `redial-backoff.ts`): so partitions of any length heal by themselves (docs/
 * protocol.md §12, rule 16; own, shown by `scenarios/long-partition.yaml`). A dead member is dialled
 * by its ring observers. Those that died together are one cohort, and one of them is dialled at a
 * time. So the dials of a partition do not queue behind any number of older dead, and yet everybody
 * is dialled again and again. Left and forgotten members are let go. Seeds are dialled by
 * `exchange/joining.ts`.
 */
export class Redial implements Timed {
  private readonly dials = new Map<MemberName, Dial>();
  private readonly lost = new Map<MemberName, Member>();
  private cohorts: Cohort[] = [];
  private regroupAt: Millis = NEVER;
  private dialAt: Millis = NEVER;
  private readonly backoff: RedialBackoff;
  private readonly parts: RedialParts;

  constructor(parts: RedialParts) {
    this.parts = parts;
    this.backoff = new RedialBackoff(parts);
  }

  /** A member died, returned or went: the cohorts are grouped anew. */
  noteTransition({ member, before }: Transition, now: Millis): void {
    const from = before?.state ?? null;
    const movesRings = isPresent(member.state) !== (from !== null && isPresent(from));
    const concernsDead = member.state === "dead" || from === "dead" || this.lost.has(member.name);
    if (concernsDead || (movesRings && this.dials.size > 0)) this.regroupSoon(now);
    this.lost.delete(member.name);
    const diedAt = this.dials.get(member.name)?.diedAt;
    this.dials.delete(member.name);
    if (member.state === "dead") this.remember(member, now);
    else if (diedAt !== undefined && isPresent(member.state)) this.dialMatesOf(diedAt, now);
  }

  /**
   * Its tombstone is gone. If it was dead, its address is kept: a partition may outlast tombstones.
   */
  onReaped(member: Member, now: Millis): void {
    this.dials.delete(member.name);
    this.regroupSoon(now);
    if (member.state !== "dead") return;
    this.lost.set(member.name, member);
    this.remember(member, now);
    for (const name of this.lost.keys()) {
      if (this.lost.size <= LOST_MAX) break;
      this.lost.delete(name);
      this.dials.delete(name);
    }
  }

  /** Somebody holds alive what is dead here: it may have been cut off from this side alone. */
  onSaidAlive(member: Member, now: Millis): void {
    if (this.parts.observers.observedHere()(member)) this.dialOnHint(member, now);
  }

  wake(now: Millis): void {
    if (now >= this.regroupAt) this.regroup(now);
    if (now < this.nextDeadline()) return;
    const cohort = this.longestOverdue(now);
    const member = cohort && this.longestNotDialled(cohort);
    const dial = member && this.dials.get(member.name);
    if (cohort === undefined || member === undefined || dial === undefined) {
      this.regroup(now);
      return;
    }
    this.dial(member, dial, now);
    this.backoff.noteDial(now);
    cohort.lastAt = now;
    cohort.pauseMs = this.pauseMs(cohort, dial, now);
    this.dialAt = this.earliestDue();
  }

  nextDeadline(): Millis {
    return Math.min(this.regroupAt, Math.max(this.backoff.nextDialAt, this.dialAt));
  }

  private regroupSoon(now: Millis): void {
    this.regroupAt = Math.min(this.regroupAt, now + REGROUP_AFTER * this.periodMs);
  }

  private regroup(now: Millis): void {
    const { table, observers } = this.parts;
    this.regroupAt = NEVER;
    const ours = [...table.dead, ...this.lost.values()].filter(observers.observedHere());
    const spans = { gapMs: COHORT_GAP * this.periodMs, spanMs: COHORT_SPAN * this.periodMs };
    this.cohorts = cohortsOf(ours, spans).map((members, index) =>
      this.cohortOf(members, index + 1, now),
    );
    this.dialAt = this.earliestDue();
  }

  private cohortOf(members: readonly Member[], rank: number, now: Millis): Cohort {
    const dials = members.flatMap(({ name }) => this.dials.get(name) ?? []);
    const last = dials.reduce((a, b) => (isLater(b, a) ? b : a));
    const pauseMs = this.pauseMs({ members, rank }, last, now);
    return { members, rank, lastAt: last.at, pauseMs };
  }

  private pauseMs(
    { members, rank }: Pick<Cohort, "members" | "rank">,
    { stretch }: Dial,
    now: Millis,
  ): Millis {
    return this.backoff.pauseMs({ rank, diedAt: members[0]?.since ?? now, stretch }, now);
  }

  /** Where more is due than may be sent, each cohort is late by the same share of its pause. */
  private longestOverdue(now: Millis): Cohort | undefined {
    let chosen: Cohort | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const cohort of this.cohorts) {
      if (now < dueAt(cohort)) continue;
      const overdue = (now - cohort.lastAt) / cohort.pauseMs;
      if (overdue < most) continue;
      most = overdue;
      chosen = cohort;
    }
    return chosen;
  }

  private longestNotDialled({ members }: Cohort): Member | undefined {
    let chosen: Member | undefined;
    let least: Dial | undefined;
    for (const member of members) {
      const dial = this.dials.get(member.name);
      if (dial === undefined || (least !== undefined && !comesFirst(dial, least))) continue;
      least = dial;
      chosen = member;
    }
    return chosen;
  }

  private earliestDue(): Millis {
    return earliest(this.cohorts, dueAt);
  }

  /** One of a cohort returned: most likely the others can be reached again, too. */
  private dialMatesOf(diedAt: Millis, now: Millis): void {
    const { table, observers } = this.parts;
    const isOurs = observers.observedHere();
    const spanMs = COHORT_SPAN * this.periodMs;
    for (const member of table.dead) {
      if (Math.abs(member.since - diedAt) <= spanMs && isOurs(member)) {
        this.dialOnHint(member, now);
      }
    }
  }

  private dialOnHint(member: Member, now: Millis): void {
    const dial = this.dials.get(member.name);
    if (dial === undefined) return;
    if (!this.backoff.takeHint(dial.isDialled ? dial.at : undefined, now)) return;
    this.dial(member, dial, now);
  }

  private dial(member: Member, dial: Dial, now: Millis): void {
    dial.at = now;
    dial.isDialled = true;
    dial.stretch = this.backoff.drawStretch();
    const updates = [beliefUpdate(member, now)];
    this.parts.outbox.ping(toMember(member), { updates, piggyback: false });
  }

  private remember({ name, since }: Member, now: Millis): void {
    const order = this.parts.rng.next();
    const stretch = this.backoff.drawStretch();
    this.dials.set(name, { diedAt: since, at: now, isDialled: false, order, stretch });
  }

  private get periodMs(): Millis {
    return this.parts.config.probeIntervalMs;
  }
}

function dueAt({ lastAt, pauseMs }: Cohort): Millis {
  return lastAt + pauseMs;
}

/**
 * A cohort's last dial; before the first, its first death counts, or steady deaths would delay it.
 */
function isLater(dial: Dial, than: Dial): boolean {
  if (dial.isDialled !== than.isDialled) return dial.isDialled;
  return dial.isDialled ? dial.at > than.at : dial.at < than.at;
}

function comesFirst(dial: Dial, than: Dial): boolean {
  if (dial.isDialled !== than.isDialled) return than.isDialled;
  return dial.isDialled ? dial.at < than.at : dial.order < than.order;
}
