import type { NodeConfig } from "../config.ts";
import type { MemberName, Millis, ViewDigest } from "../member.ts";
import type { Speaker } from "../membership/gaps.ts";
import type { MembershipTable } from "../membership/table.ts";
import { equalHash, type Hash64, xorHash, ZERO_HASH } from "../primitives/hash.ts";
import type { Sync } from "./sync.ts";

/**
 * Where views never rest, a digest that is foreign for so many times `digestDiffersMs` starts a
 * sync all the same.
 */
const RESTLESS_FACTOR = 5;
/** In periods: the pause between two syncs, and how far it grows while they fail. */
const PAUSE_PERIODS = 0.25;
const PAUSE_PERIODS_MAX = 10;

interface Foreign {
  theirs: ViewDigest;
  ours: ViewDigest;
  /** Since when neither side changed. */
  restingSince: Millis;
  readonly since: Millis;
}

interface DigestWatchParts {
  readonly config: NodeConfig;
  readonly table: MembershipTable;
  readonly sync: Sync;
}

/**
 * Compares the view digests on pings and acks with our own, and starts a sync when a difference
 * does not go away.
 */
export class DigestWatch {
  private readonly foreign = new Map<MemberName, Foreign>();
  private notBefore: Millis = Number.NEGATIVE_INFINITY;
  private pauseMs: Millis;
  /** Between the two digests as the last sync began: the digest of the members that differed. */
  private difference: Hash64 = ZERO_HASH;
  private isRepeated = false;
  private readonly parts: DigestWatchParts;

  constructor(parts: DigestWatchParts) {
    this.parts = parts;
    this.pauseMs = this.shortestPauseMs;
  }

  /**
   * A peer told its digest. Equal to ours, or to one we held in the last two seconds, means equal
   * or only behind.
   */
  told(peer: Speaker, digest: ViewDigest, now: Millis): void {
    const { config, table } = this.parts;
    if (table.isKnownDigest(digest, now)) {
      this.foreign.delete(peer.name);
      return;
    }
    const known = this.note(peer.name, digest, now);
    const isResting = now - known.restingSince >= config.digestDiffersMs;
    const isRestless = now - known.since >= RESTLESS_FACTOR * config.digestDiffersMs;
    if (isResting || isRestless) this.syncWith(peer, now, xorHash(table.digest, digest));
  }

  /** Starts a sync if none runs and the pause since the last one is over. */
  syncWith(peer: Speaker, now: Millis, difference: Hash64 = ZERO_HASH): void {
    if (now < this.notBefore || this.parts.sync.isBusy) return;
    this.isRepeated = difference !== ZERO_HASH && equalHash(difference, this.difference);
    this.difference = difference;
    this.notBefore = now + this.pauseMs;
    this.parts.sync.start(peer, now);
  }

  /**
   * A sync ended. Those that fail are tried less and less often, and so are those that cannot
   * close the gap: views may differ until a tombstone that one of them took late is old in both.
   */
  synced(peer: MemberName, isDone: boolean): void {
    this.foreign.delete(peer);
    const longest = PAUSE_PERIODS_MAX * this.parts.config.probeIntervalMs;
    this.pauseMs =
      isDone && !this.isRepeated ? this.shortestPauseMs : Math.min(longest, this.pauseMs * 2);
  }

  forget(peer: MemberName): void {
    this.foreign.delete(peer);
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
