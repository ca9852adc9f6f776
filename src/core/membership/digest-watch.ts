import type { NodeConfig } from "../config.ts";
import type { Endpoint, MemberName, Millis, ViewDigest } from "../member.ts";
import { equalHash } from "../primitives/hash.ts";
import type { Sync } from "./sync.ts";
import type { MembershipTable } from "./table.ts";

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
  private readonly parts: DigestWatchParts;

  constructor(parts: DigestWatchParts) {
    this.parts = parts;
    this.pauseMs = this.shortestPauseMs;
  }

  /**
   * A peer told its digest. Equal to ours, or to one we held in the last two seconds, means equal
   * or only behind.
   */
  told(peer: MemberName, endpoint: Endpoint, digest: ViewDigest, now: Millis): void {
    const { config, table } = this.parts;
    if (table.isKnownDigest(digest, now)) {
      this.foreign.delete(peer);
      return;
    }
    const known = this.note(peer, digest, now);
    const isResting = now - known.restingSince >= config.digestDiffersMs;
    const isRestless = now - known.since >= RESTLESS_FACTOR * config.digestDiffersMs;
    if (isResting || isRestless) this.syncWith(endpoint, now);
  }

  /** Starts a sync if none runs and the pause since the last one is over. */
  syncWith(endpoint: Endpoint, now: Millis): void {
    if (now < this.notBefore || this.parts.sync.isBusy) return;
    this.notBefore = now + this.pauseMs;
    this.parts.sync.start(endpoint, false, now);
  }

  /** A sync ended; failing ones are tried less and less often. */
  synced(peer: MemberName, isDone: boolean): void {
    this.foreign.delete(peer);
    const longest = PAUSE_PERIODS_MAX * this.parts.config.probeIntervalMs;
    this.pauseMs = isDone ? this.shortestPauseMs : Math.min(longest, this.pauseMs * 2);
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
