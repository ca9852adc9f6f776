import type { MemberName, Millis, StartId } from "../member.ts";
import type { Header } from "../message.ts";
import { type ReplayRule, ReplayWindow } from "../primitives/replay-window.ts";

/** Counters wrap at 2^32. */
const COUNTERS: ReplayRule = {
  width: 64,
  distance: (a, b) => (a - b) | 0,
  staysOnTie: "newer",
};

interface Source {
  startId: StartId;
  counters: ReplayWindow | undefined;
  heardAt: Millis | undefined;
}

/**
 * When each member was heard directly. A datagram is evidence of life only if its counter is new
 * for that start id: a late duplicate or a replay proves nothing (docs/protocol.md §12, rule 4;
 * own, shown by `scenarios/jittery-node.yaml`).
 */
export class LastHeard {
  private readonly sources = new Map<MemberName, Source>();
  /** When members were heard, the longest ago first; as far back as was last asked for. */
  private readonly recent = new Map<MemberName, Millis>();
  private newest: { name: MemberName; at: Millis } | undefined;
  /** The newest from anyone else than `newest.name`. */
  private runnerUpAt: Millis = Number.NEGATIVE_INFINITY;

  /** Whether the header's counter is new. Remembers it as seen. */
  accepts({ sender, startId, counter }: Header): boolean {
    const source = this.source(sender);
    if (source.startId === startId && source.counters !== undefined) {
      return source.counters.accepts(counter);
    }
    source.startId = startId;
    source.counters = new ReplayWindow(counter, COUNTERS);
    return true;
  }

  /** The member was heard directly. */
  record(name: MemberName, now: Millis): void {
    this.source(name).heardAt = now;
    this.recent.delete(name);
    this.recent.set(name, now);
    if (this.newest === undefined) this.newest = { name, at: now };
    else {
      if (this.newest.name !== name) this.runnerUpAt = this.newest.at;
      this.newest = { name, at: now };
    }
  }

  /** When the member was heard directly for the last time, or undefined. */
  heardAt(name: MemberName): Millis | undefined {
    return this.sources.get(name)?.heardAt;
  }

  /** For how long the member has not been heard, in ms; null if it never was. */
  heardAgoMs(name: MemberName, now: Millis): Millis | null {
    const at = this.heardAt(name);
    return at === undefined ? null : now - at;
  }

  /** Whether the member was heard directly at most `spanMs` ago. */
  heardWithin(name: MemberName, spanMs: Millis, now: Millis): boolean {
    const at = this.heardAt(name);
    return at !== undefined && now - at <= spanMs;
  }

  /**
   * How many different members were heard at `since` or later; later calls ask for a later time.
   */
  heardCountSince(since: Millis): number {
    for (const [name, at] of this.recent) {
      if (at >= since) break;
      this.recent.delete(name);
    }
    return this.recent.size;
  }

  /** When anybody was heard last, or undefined. */
  get anybodyAt(): Millis | undefined {
    return this.newest?.at;
  }

  /** Whether somebody other than `name` was heard at `since` or later. */
  heardOtherThan(name: MemberName, since: Millis): boolean {
    if (this.newest === undefined) return false;
    return (this.newest.name === name ? this.runnerUpAt : this.newest.at) >= since;
  }

  /** Takes a span in which this node could not hear out of all silences. */
  shift(byMs: Millis, now: Millis): void {
    for (const source of this.sources.values()) {
      if (source.heardAt !== undefined) source.heardAt = Math.min(now, source.heardAt + byMs);
    }
    for (const [name, at] of this.recent) this.recent.set(name, Math.min(now, at + byMs));
    if (this.newest !== undefined) this.newest.at = Math.min(now, this.newest.at + byMs);
    this.runnerUpAt = Math.min(now, this.runnerUpAt + byMs);
  }

  /** Nothing is known of the member any more. */
  forget(name: MemberName): void {
    this.sources.delete(name);
    this.recent.delete(name);
  }

  private source(name: MemberName): Source {
    let source = this.sources.get(name);
    if (source === undefined) {
      source = { startId: "", counters: undefined, heardAt: undefined };
      this.sources.set(name, source);
    }
    return source;
  }
}
