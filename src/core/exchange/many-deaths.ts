import type { NodeConfig } from "../config.ts";
import { isPresent, type MemberName, type Millis } from "../member.ts";
import type { MembershipTable, Transition } from "../membership/table.ts";
import { NEVER, type Timed } from "../primitives/deadlines.ts";
import type { Rng } from "../primitives/rng.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";

/** So many, no two of them a period apart. */
const MANY_DEATHS = 32;
const HURRY_PERIODS = 2;
/** In gossip intervals: how long a view rests before, and how often it is compared from then on. */
const HURRIED_REST = 0.2;
const COMPARE_EVERY = 0.25;
const COMPARISONS = 4;

interface ManyDeathsParts {
  readonly config: NodeConfig;
  readonly rng: Rng;
  readonly selfName: MemberName;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
}

/**
 * Many deaths at once (docs/protocol.md §12, rule 18): gossip brings each of them to nearly every
 * node, and hardly to any node all of them. So views are compared at once: each node pings a few
 * others, and a digest that differs starts a sync without the usual wait (`sync-start.ts`).
 */
export class ManyDeaths implements Timed {
  private changedAt: Millis = Number.NEGATIVE_INFINITY;
  private diedAt: Millis = Number.NEGATIVE_INFINITY;
  private deaths = 0;
  private compareAt: Millis = NEVER;
  private comparisonsLeft = 0;
  private readonly parts: ManyDeathsParts;

  constructor(parts: ManyDeathsParts) {
    this.parts = parts;
  }

  /** Counts the deaths. */
  noteTransition({ member, before }: Transition, now: Millis): void {
    this.changedAt = now;
    if (member.state !== "dead" || before === null || !isPresent(before.state)) return;
    if (now - this.diedAt > this.parts.config.probeIntervalMs) this.deaths = 0;
    this.diedAt = now;
    this.deaths++;
    if (this.deaths < MANY_DEATHS) return;
    this.comparisonsLeft = COMPARISONS;
    this.compareAt = now + HURRIED_REST * this.parts.config.gossipIntervalMs;
  }

  /** A ping to anybody: the digests on it and on its ack tell. */
  wake(now: Millis): void {
    if (now < this.compareAt) return;
    const { rng, selfName, table, outbox } = this.parts;
    this.comparisonsLeft--;
    this.compareAt = this.comparisonsLeft === 0 ? NEVER : now + this.compareEveryMs;
    const member = table.present[Math.floor(rng.next() * table.present.length)];
    if (member === undefined || member.name === selfName) return;
    outbox.ping(toMember(member), { piggyback: false });
  }

  nextDeadline(): Millis {
    return this.compareAt;
  }

  /** Many died just now, and this view rests again: a sync need not wait. */
  isHurried(now: Millis): boolean {
    const { gossipIntervalMs, probeIntervalMs } = this.parts.config;
    return (
      this.deaths >= MANY_DEATHS &&
      now - this.diedAt < HURRY_PERIODS * probeIntervalMs &&
      now - this.changedAt >= HURRIED_REST * gossipIntervalMs
    );
  }

  /** How often views are compared meanwhile. */
  get compareEveryMs(): Millis {
    return COMPARE_EVERY * this.parts.config.gossipIntervalMs;
  }
}
