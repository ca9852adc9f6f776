import type { NodeConfig } from "../config.ts";
import type { MemberName, Millis, ViewDigest } from "../member.ts";
import type { MembershipTable } from "../membership/table.ts";
import { equalHash, type Hash64, xorHash, ZERO_HASH } from "../primitives/hash.ts";
import type { ManyDeaths } from "./many-deaths.ts";
import type { Sender } from "./record-repair.ts";
import type { Sync } from "./sync.ts";
import { SyncPauses } from "./sync-pauses.ts";

/**
 * Where views never rest, a digest that is foreign for so many times `digestDiffersMs` starts a
 * sync all the same.
 */
const RESTLESS_FACTOR = 2;

interface Foreign {
  theirs: ViewDigest;
  ours: ViewDigest;
  /** Since when neither side changed. */
  restingSince: Millis;
  readonly since: Millis;
}

interface SyncStartParts {
  readonly config: NodeConfig;
  readonly table: MembershipTable;
  readonly sync: Sync;
  readonly manyDeaths: ManyDeaths;
}

/**
 * When a sync starts (docs/protocol.md §12, rule 18; own, after Demers et al., PODC 1987; shown by
 * `scenarios/leave-in-a-long-partition.yaml`). Compares the view digests on pings and acks with our
 * own, and starts a sync with the peer whose digest it was, one sync at a time: when the difference
 * does not go away, or at once after `many-deaths.ts`. How long a sync waits for the one before, and for the last with that peer, stands in
 * `sync-pauses.ts`. `node/inbox.ts` hands on digests (`compareDigest`) of members alone, while this
 * node runs, and none of a replay. Two others call `syncWith`: the inbox when a member that is dead
 * here is heard, and `readiness.ts` while this view is not whole. `joining.ts` dials by itself.
 */
export class SyncStart {
  private readonly foreign = new Map<MemberName, Foreign>();
  private readonly pauses: SyncPauses;
  private readonly parts: SyncStartParts;

  constructor(parts: SyncStartParts) {
    this.parts = parts;
    this.pauses = new SyncPauses(parts.config);
  }

  /**
   * A peer sent its digest. Equal to ours, or to one we held in the last two seconds, means equal
   * or only behind.
   */
  onDigest(peer: Sender, digest: ViewDigest, now: Millis): void {
    const { config, table, manyDeaths } = this.parts;
    if (table.isKnownDigest(digest, now)) {
      this.foreign.delete(peer.name);
      return;
    }
    const known = this.note(peer.name, digest, now);
    const isResting = now - known.restingSince >= config.digestDiffersMs;
    const isRestless = now - known.since >= RESTLESS_FACTOR * config.digestDiffersMs;
    if (isResting || isRestless || manyDeaths.isHurried(now))
      this.syncWith(peer, now, xorHash(table.digest, digest));
  }

  /**
   * Starts a sync if none runs, and the pauses after earlier ones are over. Not with an address that
   * may be forged: a request is as long as the page that it wants.
   */
  syncWith(peer: Sender, now: Millis, difference: Hash64 = ZERO_HASH): void {
    const { sync, manyDeaths } = this.parts;
    if (peer.isProven !== true) return;
    if (sync.isBusy || sync.isUnderWayWith(peer.name)) return;
    if (!this.pauses.mayStart(peer.name, difference, now)) return;
    const pauseMs = manyDeaths.isHurried(now) ? manyDeaths.compareEveryMs : undefined;
    this.pauses.begin(peer.name, difference, now, pauseMs);
    sync.start(peer, now);
  }

  /** What is known of a difference: since when it is, and since when neither side changed. */
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

  /** A sync ended. */
  onSyncEnded(peer: MemberName, isDone: boolean): void {
    this.foreign.delete(peer);
    this.pauses.onSyncEnded(peer, isDone);
  }

  /** Nothing is known of the member any more. */
  forget(peer: MemberName): void {
    this.foreign.delete(peer);
    this.pauses.forget(peer);
  }
}
