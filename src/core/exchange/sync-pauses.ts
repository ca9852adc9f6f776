import type { ProbeConfig } from "../config.ts";
import type { MemberName, Millis } from "../member.ts";
import { equalHash, type Hash64, ZERO_HASH } from "../primitives/hash.ts";

/**
 * In periods: the pause between two syncs, and how far the one with a peer grows while it fails or
 * changes nothing.
 */
const PAUSE_PERIODS = 0.25;
const PAUSE_PERIODS_MAX = 10;

/** How the last sync with one peer went, and until when the next one waits. */
interface PeerPause {
  pauseMs: Millis;
  peerPausedUntil: Millis;
  /** Between the two digests as that sync began: the digest of the members that differed. */
  difference: Hash64;
  /** The sync before had the same difference, and left it. */
  isSameAgain: boolean;
  isCompleted: boolean;
}

/**
 * How long a sync waits for the last one (docs/protocol.md §12, rule 18): a short pause after any,
 * and one with each peer. That grows while syncs with the peer fail, or leave the same difference:
 * a table that is full takes no more. It does not delay another peer, nor the repair of another
 * difference with a peer that answered.
 */
export class SyncPauses {
  private readonly peers = new Map<MemberName, PeerPause>();
  private allPausedUntil: Millis = Number.NEGATIVE_INFINITY;
  private readonly config: Pick<ProbeConfig, "probeIntervalMs">;

  constructor(config: Pick<ProbeConfig, "probeIntervalMs">) {
    this.config = config;
  }

  /** Whether both pauses are over: that after any sync, and this peer's. */
  mayStart(peer: MemberName, difference: Hash64, now: Millis): boolean {
    if (now < this.allPausedUntil) return false;
    const last = this.peers.get(peer);
    if (last === undefined || now >= last.peerPausedUntil) return true;
    const isNewDifference = difference !== ZERO_HASH && !equalHash(difference, last.difference);
    return isNewDifference && last.isCompleted;
  }

  /** A sync starts: the pauses begin; the one after any sync lasts `pauseMs`. */
  begin(peer: MemberName, difference: Hash64, now: Millis, pauseMs = this.shortestMs): void {
    const known = this.peers.get(peer) ?? this.newPeer();
    known.isSameAgain = difference !== ZERO_HASH && equalHash(difference, known.difference);
    known.difference = difference;
    known.peerPausedUntil = now + known.pauseMs;
    this.peers.set(peer, known);
    this.allPausedUntil = now + pauseMs;
  }

  /** A sync ended: the next pause with that peer is the shortest, or twice as long as the last. */
  onSyncEnded(peer: MemberName, isDone: boolean): void {
    const known = this.peers.get(peer);
    if (known === undefined) return;
    const longest = PAUSE_PERIODS_MAX * this.config.probeIntervalMs;
    const isUseful = isDone && !known.isSameAgain;
    known.isCompleted = isDone;
    known.pauseMs = isUseful ? this.shortestMs : Math.min(longest, known.pauseMs * 2);
  }

  /** Nothing is known of the member any more. */
  forget(peer: MemberName): void {
    this.peers.delete(peer);
  }

  private newPeer(): PeerPause {
    return {
      pauseMs: this.shortestMs,
      peerPausedUntil: Number.NEGATIVE_INFINITY,
      difference: ZERO_HASH,
      isSameAgain: false,
      isCompleted: true,
    };
  }

  private get shortestMs(): Millis {
    return PAUSE_PERIODS * this.config.probeIntervalMs;
  }
}
