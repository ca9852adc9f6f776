import type { ProbeConfig } from "../config.ts";
import type { Observers } from "../detection/observers.ts";
import { isPresent, type MemberName, type Millis } from "../member.ts";
import { type Outbox, toMember } from "../outbox.ts";
import { earliest, NEVER, type Timed } from "../primitives/deadlines.ts";
import { jitter, type Rng } from "../primitives/rng.ts";
import type { Sequence } from "../primitives/sequence.ts";
import { beliefUpdate, type Member, type MembershipTable, type Transition } from "./table.ts";

/** All in periods. */
const PAUSE_FIRST = 1.5;
const PAUSE_MAX = 15;
/** In a cluster of up to three, nobody else dials, and fifteen periods would be felt. */
const PAUSE_MAX_TINY = 2;
const TINY = 3;
const FAST_FOR = 60;
const BETWEEN_DIALS = 0.5;
const PAUSE_GROWTH = 1.5;
const PAUSE_JITTER = 0.33;

interface Dial {
  readonly since: Millis;
  pauseMs: Millis;
  at: Millis;
}

interface RedialParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly rng: Rng;
  readonly table: MembershipTable;
  readonly observers: Observers;
  readonly outbox: Outbox;
  readonly sequence: Sequence;
}

/**
 * Pings the dead for ever, telling them that they are held dead: so partitions of any length heal
 * by themselves. Done by a dead member's ring observers, ever more seldom; left and forgotten
 * members are let go.
 */
export class Redial implements Timed {
  private readonly dials = new Map<MemberName, Dial>();
  /** The dead that others dial, because this node is none of their observers. */
  private readonly resting = new Map<MemberName, Dial>();
  private notBefore: Millis = Number.NEGATIVE_INFINITY;
  /** The rings changed: who rested may be an observer by then. */
  private lookAgainAt: Millis = NEVER;
  private readonly parts: RedialParts;

  constructor(parts: RedialParts) {
    this.parts = parts;
  }

  noteTransition({ member, from }: Transition, now: Millis): void {
    if (isPresent(member.state) !== (from !== null && isPresent(from))) {
      this.lookAgainAt = Math.min(this.lookAgainAt, now + PAUSE_FIRST * this.periodMs);
    }
    this.resting.delete(member.name);
    if (member.state !== "dead") {
      this.dials.delete(member.name);
      return;
    }
    this.plan(member, { since: now, pauseMs: PAUSE_FIRST * this.periodMs, at: NEVER }, now);
  }

  wake(now: Millis): void {
    if (now >= this.lookAgainAt) this.lookAgain(now);
    for (const [name, dial] of this.longestDue(now)) {
      if (now < this.notBefore) return;
      const member = this.parts.table.get(name);
      if (member?.state !== "dead") this.dials.delete(name);
      else this.redial(member, dial, now);
    }
  }

  nextDeadline(): Millis {
    const dialAt = earliest(this.dials.values(), ({ at }) => at);
    return Math.min(this.lookAgainAt, Math.max(this.notBefore, dialAt));
  }

  private lookAgain(now: Millis): void {
    this.lookAgainAt = NEVER;
    const isOurs = this.parts.observers.observedHere();
    for (const [name, dial] of this.resting) {
      const member = this.parts.table.get(name);
      if (member?.state !== "dead") this.resting.delete(name);
      else if (isOurs(member)) this.plan(member, dial, now);
    }
  }

  /** Who waited longest comes first: where many are dead, the pause between dials would starve the last. */
  private longestDue(now: Millis): [MemberName, Dial][] {
    if (now < this.notBefore) return [];
    return [...this.dials]
      .filter(([, { at }]) => now >= at)
      .sort(([aName, a], [bName, b]) => a.at - b.at || (aName < bName ? -1 : 1));
  }

  /** Sets the next dial of a dead member, or lets it rest where that is for others to do. */
  private plan(member: Member, dial: Dial, now: Millis): void {
    const isOurs = this.parts.observers.observedHere()(member);
    const [from, to] = isOurs ? [this.resting, this.dials] : [this.dials, this.resting];
    from.delete(member.name);
    to.set(member.name, dial);
    if (isOurs) dial.at = this.after(dial.pauseMs, now);
  }

  private redial(member: Member, dial: Dial, now: Millis): void {
    if (now - dial.since >= FAST_FOR * this.periodMs) {
      dial.pauseMs = Math.min(this.pauseMaxMs, dial.pauseMs * PAUSE_GROWTH);
    }
    this.plan(member, dial, now);
    if (this.resting.has(member.name)) return;
    const { table, outbox, sequence } = this.parts;
    this.notBefore = now + BETWEEN_DIALS * this.periodMs;
    const body = {
      kind: "ping",
      seq: sequence.next(),
      target: member.name,
      digest: table.digest,
    } as const;
    outbox.send(toMember(member), body, { updates: [beliefUpdate(member, now)], piggyback: false });
  }

  private after(pauseMs: Millis, now: Millis): Millis {
    return now + jitter(this.parts.rng, pauseMs, PAUSE_JITTER);
  }

  private get pauseMaxMs(): Millis {
    return (this.parts.table.presentCount <= TINY ? PAUSE_MAX_TINY : PAUSE_MAX) * this.periodMs;
  }

  private get periodMs(): Millis {
    return this.parts.config.probeIntervalMs;
  }
}
