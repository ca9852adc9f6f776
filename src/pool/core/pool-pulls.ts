import { type Endpoint, formatEndpoint, type MemberName, type Millis } from "../../core/member.ts";
import { NEVER } from "../../core/primitives/deadlines.ts";
import type { PoolConfig } from "./pool-config.ts";
import type { PushPullFailure } from "./pool-input.ts";
import type { PoolOutbox } from "./pool-outbox.ts";
import type { PoolRow } from "./pool-row.ts";
import type { PoolTable } from "./pool-table.ts";

/** In periods: between two views while all is calm; a large pool's views are longer, and rarer. */
const CALM_PERIODS = 2.5;
const MEMBERS_A_PERIOD = 25;
/** The same while some member is in doubt: a death shows in views at once. */
const TROUBLE_PERIODS = 0.5;
/** In periods: an attempt that neither answers nor fails is given up. */
const GIVE_UP_PERIODS = 20;
/** Streams open at once. */
const OPEN_MAX = 32;
/** Addresses of the pool that are dialled at once. */
const SEEDS_MAX = 8;
/** In periods: between two attempts to reach the pool by its addresses; the second with back-off. */
const SEEDS_AGAIN_PERIODS = 1;
const SEEDS_AGAIN_PERIODS_MAX = 10;

interface PoolPullsParts {
  readonly config: PoolConfig;
  readonly table: PoolTable;
  readonly outbox: PoolOutbox;
  /** Whether the member is likely to answer. */
  readonly isAnswering: (member: MemberName, now: Millis) => boolean;
  /** Whether views are needed quickly. */
  readonly isInTrouble: (now: Millis) => boolean;
}

interface Pull {
  readonly at: Millis;
  /** Whether somebody asked for this view, and waits. */
  isWanted: boolean;
}

/**
 * When whose whole view is asked for: of one member after the other, more often while something is
 * wrong, of any on request, and of the pool's addresses while no member is known.
 */
export class PoolPulls {
  private readonly open = new Map<string, Pull>();
  private readonly unreachable = new Set<MemberName>();
  private readonly parts: PoolPullsParts;
  private seeds: readonly Endpoint[] = [];
  private seedsAttempt = 0;
  private seedsAt: Millis = NEVER;
  private pullAt: Millis = NEVER;
  private turn = 0;
  private lastFailure: PushPullFailure | undefined;

  constructor(parts: PoolPullsParts) {
    this.parts = parts;
  }

  /** How the last attempt failed, if none has succeeded since. */
  get failure(): PushPullFailure | undefined {
    return this.lastFailure;
  }

  /** The clocks start: the addresses of the pool are wanted. */
  start(now: Millis): void {
    this.wantSeeds(now);
  }

  /** These are the addresses of the pool now. */
  join(seeds: readonly Endpoint[], now: Millis): void {
    this.seeds = seeds.slice(0, SEEDS_MAX);
    for (const endpoint of this.seeds) this.begin(null, endpoint, false, now);
  }

  /** Somebody wants to know what the member believes. */
  fetch(member: MemberName, now: Millis): void {
    const row = this.parts.table.get(member);
    const pull = this.open.get(keyOf(member, null));
    if (pull !== undefined) pull.isWanted = true;
    else if (row === undefined || !this.begin(member, row.heard.endpoint, true, now)) {
      this.parts.outbox.emit({ kind: "view-unreachable", member });
    }
  }

  /** The next view is wanted now: something happened that only a view can settle. */
  hurry(now: Millis): void {
    this.pullAt = Math.min(this.pullAt, now);
  }

  /** A member is in doubt from now on: the next view is not as far off as in a calm pool. */
  quicken(now: Millis): void {
    this.pullAt = Math.min(this.pullAt, now + this.pauseMs(now));
  }

  /** A view came; when it was asked for, and whether somebody waits for it. */
  onView(member: MemberName | null, from: Endpoint, now: Millis): Pull {
    this.lastFailure = undefined;
    this.seedsAttempt = 0;
    this.seedsAt = NEVER;
    this.pullAt = Math.min(this.pullAt, now + this.pauseMs(now));
    if (member !== null) this.unreachable.delete(member);
    return this.take(member, from) ?? { at: now, isWanted: false };
  }

  /** It could not be had. An outage is reported once. */
  onFailure(member: MemberName | null, from: Endpoint, failure: PushPullFailure): void {
    this.lastFailure = failure;
    const pull = this.take(member, from);
    if (member === null || this.unreachable.has(member)) return;
    if (pull?.isWanted) {
      this.unreachable.add(member);
      this.parts.outbox.emit({ kind: "view-unreachable", member });
    }
  }

  /** Nobody is heard any more: the pool is looked for by its addresses again. */
  onCutOff(now: Millis): void {
    if (this.seedsAt === NEVER) this.wantSeeds(now);
  }

  forget(member: MemberName): void {
    this.unreachable.delete(member);
  }

  wake(now: Millis): void {
    const { config } = this.parts;
    for (const [key, { at }] of this.open) {
      if (now - at < GIVE_UP_PERIODS * config.probeIntervalMs) break;
      this.open.delete(key);
    }
    if (this.seedsAt <= now) this.wantSeeds(now);
    if (this.pullAt > now) return;
    this.pullAt = now + this.pauseMs(now);
    const row = this.nextViewer(now);
    if (row !== undefined) this.begin(row.name, row.heard.endpoint, false, now);
    // Behind a forwarded port the pool's own addresses may lead nowhere.
    const seed = this.seeds[this.turn % Math.max(1, this.seeds.length)];
    const isStuck = row === undefined || this.lastFailure !== undefined;
    if (isStuck && seed !== undefined) this.begin(null, seed, false, now);
  }

  nextDeadline(): Millis {
    return Math.min(this.pullAt, this.seedsAt);
  }

  private wantSeeds(now: Millis): void {
    const { config, outbox } = this.parts;
    this.seedsAttempt++;
    const periods = Math.min(SEEDS_AGAIN_PERIODS * this.seedsAttempt, SEEDS_AGAIN_PERIODS_MAX);
    this.seedsAt = now + periods * config.probeIntervalMs;
    outbox.emit({ kind: "seeds-wanted", attempt: this.seedsAttempt });
  }

  private pauseMs(now: Millis): Millis {
    const { config, table, isInTrouble } = this.parts;
    const perMembers = table.presentCount / MEMBERS_A_PERIOD;
    const periods = isInTrouble(now)
      ? Math.max(TROUBLE_PERIODS, perMembers / CALM_PERIODS)
      : Math.max(CALM_PERIODS, perMembers);
    return periods * config.probeIntervalMs;
  }

  /** One after the other of those that answer; where none does, of all. */
  private nextViewer(now: Millis): PoolRow | undefined {
    const { table, isAnswering } = this.parts;
    const { present } = table;
    const known = present.length > 0 ? present : [...table.ended];
    for (let tried = 0; tried < known.length; tried++) {
      const row = known[this.turn++ % known.length];
      if (row !== undefined && isAnswering(row.name, now)) return row;
    }
    return known[this.turn++ % Math.max(1, known.length)];
  }

  private begin(
    member: MemberName | null,
    endpoint: Endpoint,
    isWanted: boolean,
    now: Millis,
  ): boolean {
    const key = keyOf(member, endpoint);
    if (this.open.has(key) || this.open.size >= OPEN_MAX) return false;
    this.open.set(key, { at: now, isWanted });
    this.parts.outbox.put({ kind: "push-pull", member, endpoint });
    return true;
  }

  private take(member: MemberName | null, from: Endpoint): Pull | undefined {
    const key = keyOf(member, from);
    const pull = this.open.get(key);
    this.open.delete(key);
    return pull;
  }
}

/** By the member where there is one: it may move meanwhile. */
function keyOf(member: MemberName | null, endpoint: Endpoint | null): string {
  return member === null
    ? `at ${endpoint === null ? "" : formatEndpoint(endpoint)}`
    : `of ${member}`;
}
