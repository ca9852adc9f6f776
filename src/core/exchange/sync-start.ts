import type { NodeConfig } from "../config.ts";
import type { MemberName, Millis, ViewDigest } from "../member.ts";
import { isPresent } from "../member.ts";
import type { MembershipTable, Transition } from "../membership/table.ts";
import { NEVER, type Timed } from "../primitives/deadlines.ts";
import { equalHash, type Hash64, xorHash, ZERO_HASH } from "../primitives/hash.ts";
import type { Rng } from "../primitives/rng.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import type { Sender } from "./record-repair.ts";
import type { Sync } from "./sync.ts";

/**
 * Where views never rest, a digest that is foreign for so many times `digestDiffersMs` starts a
 * sync all the same.
 */
const RESTLESS_FACTOR = 2;
/**
 * In periods: the pause between two syncs, and how far the one with a peer grows while it fails or
 * changes nothing.
 */
const PAUSE_PERIODS = 0.25;
const PAUSE_PERIODS_MAX = 10;
/**
 * Gossip brings each of so many deaths in a period to nearly every node, and hardly to any node all
 * of them. Then views are compared at once.
 */
const MANY_DEATHS = 32;
const HURRY_PERIODS = 2;
/** In gossip intervals: how long a view rests before, and how often it is compared from then on. */
const HURRIED_REST = 0.2;
const COMPARE_EVERY = 0.25;
const COMPARISONS = 4;

interface Foreign {
  theirs: ViewDigest;
  ours: ViewDigest;
  /** Since when neither side changed. */
  restingSince: Millis;
  readonly since: Millis;
}

/** How the syncs with one peer went. */
interface Account {
  pauseMs: Millis;
  notBefore: Millis;
  /** Between the two digests as the last sync began: the digest of the members that differed. */
  difference: Hash64;
  isRepeated: boolean;
  isDone: boolean;
}

interface SyncStartParts {
  readonly config: NodeConfig;
  readonly rng: Rng;
  readonly selfName: MemberName;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly sync: Sync;
}

/**
 * When a sync starts (docs/protocol.md §12, rule 18; own, shown by
 * `scenarios/leave-in-a-long-partition.yaml`). Compares the view digests on pings and acks with our
 * own, and starts a sync when a difference does not go away. Syncs with a peer that does not
 * answer, or that leave the same difference, are started less and less often.
 */
export class SyncStart implements Timed {
  private readonly foreign = new Map<MemberName, Foreign>();
  private readonly accounts = new Map<MemberName, Account>();
  private notBefore: Millis = Number.NEGATIVE_INFINITY;
  private changedAt: Millis = Number.NEGATIVE_INFINITY;
  private diedAt: Millis = Number.NEGATIVE_INFINITY;
  private deaths = 0;
  private compareAt: Millis = NEVER;
  private comparisonsLeft = 0;
  private readonly parts: SyncStartParts;

  constructor(parts: SyncStartParts) {
    this.parts = parts;
  }

  /**
   * A peer sent its digest. Equal to ours, or to one we held in the last two seconds, means equal
   * or only behind.
   */
  onDigest(peer: Sender, digest: ViewDigest, now: Millis): void {
    const { config, table } = this.parts;
    if (table.isKnownDigest(digest, now)) {
      this.foreign.delete(peer.name);
      return;
    }
    const known = this.note(peer.name, digest, now);
    const isResting = now - known.restingSince >= config.digestDiffersMs;
    const isRestless = now - known.since >= RESTLESS_FACTOR * config.digestDiffersMs;
    if (isResting || isRestless || this.isHurried(now))
      this.syncWith(peer, now, xorHash(table.digest, digest));
  }

  /** Many deaths at once: each node asks a few others whether it has heard of all of them. */
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

  /** Starts a sync if none runs, and both pauses are over: the general one and this peer's. */
  syncWith(peer: Sender, now: Millis, difference: Hash64 = ZERO_HASH): void {
    const { sync } = this.parts;
    if (now < this.notBefore || sync.isBusy || sync.isUnderWayWith(peer.name)) return;
    const account = this.accounts.get(peer.name) ?? this.newAccount();
    const isOther = difference !== ZERO_HASH && !equalHash(difference, account.difference);
    const isNews = isOther && account.isDone;
    if (now < account.notBefore && !isNews) return;
    account.isRepeated = difference !== ZERO_HASH && !isOther;
    account.difference = difference;
    account.notBefore = now + account.pauseMs;
    this.accounts.set(peer.name, account);
    this.notBefore = now + (this.isHurried(now) ? this.compareEveryMs : this.shortestPauseMs);
    this.parts.sync.start(peer, now);
  }

  /**
   * A sync ended. Those with a peer that fail are tried less and less often, and so are those that
   * leave the same difference: a table that is full takes no more. That does not delay another
   * peer, nor the repair of another difference with a peer that answered.
   */
  onSyncEnded(peer: MemberName, isDone: boolean): void {
    this.foreign.delete(peer);
    const account = this.accounts.get(peer);
    if (account === undefined) return;
    const longest = PAUSE_PERIODS_MAX * this.parts.config.probeIntervalMs;
    const isUseful = isDone && !account.isRepeated;
    account.isDone = isDone;
    account.pauseMs = isUseful ? this.shortestPauseMs : Math.min(longest, account.pauseMs * 2);
  }

  /** Nothing is known of the member any more. */
  forget(peer: MemberName): void {
    this.foreign.delete(peer);
    this.accounts.delete(peer);
  }

  private isHurried(now: Millis): boolean {
    const { gossipIntervalMs, probeIntervalMs } = this.parts.config;
    return (
      this.deaths >= MANY_DEATHS &&
      now - this.diedAt < HURRY_PERIODS * probeIntervalMs &&
      now - this.changedAt >= HURRIED_REST * gossipIntervalMs
    );
  }

  private get compareEveryMs(): Millis {
    return COMPARE_EVERY * this.parts.config.gossipIntervalMs;
  }

  private newAccount(): Account {
    return {
      pauseMs: this.shortestPauseMs,
      notBefore: Number.NEGATIVE_INFINITY,
      difference: ZERO_HASH,
      isRepeated: false,
      isDone: true,
    };
  }

  private note(peer: MemberName, theirs: ViewDigest, now: Millis): Foreign {
    const ours = this.parts.table.digest;
    const known = this.foreign.get(peer) ?? { theirs, ours, restingSince: now, since: now };
    if (!equalHash(known.theirs, theirs) || !equalHash(known.ours, ours)) {
      known.theirs = theirs;
      known.ours = ours;
      known.restingSince = now;
    }
    this.foreign.set(peer, known);
    return known;
  }

  private get shortestPauseMs(): Millis {
    return PAUSE_PERIODS * this.parts.config.probeIntervalMs;
  }
}
