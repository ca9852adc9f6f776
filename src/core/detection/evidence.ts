import type { MemberName, Millis, StartId } from "../member.ts";
import type { Header } from "../message.ts";

/** Counters this far behind the newest are still told apart from replays. */
const WINDOW = 64;

interface Sender {
  startId: StartId;
  highest: number;
  /** Bit i: the counter `highest - i` was seen. Two 32-bit halves, the newer one first. */
  seenNew: number;
  seenOld: number;
  heardAt: Millis | undefined;
}

/**
 * Who was heard when. A datagram is evidence of life only if its counter is new for that start id:
 * a late duplicate or a replay proves nothing.
 */
export class Evidence {
  private readonly senders = new Map<MemberName, Sender>();
  /** Who was heard when, the one heard longest ago first; as far back as was last asked for. */
  private readonly recent = new Map<MemberName, Millis>();
  private newest: { name: MemberName; at: Millis } | undefined;
  /** The newest from anyone else than `newest.name`. */
  private runnerUpAt: Millis = Number.NEGATIVE_INFINITY;

  /** Whether the header's counter is new. Remembers it as seen. */
  accepts(header: Header): boolean {
    const sender = this.sender(header.sender);
    if (sender.startId !== header.startId) {
      sender.startId = header.startId;
      sender.highest = header.counter;
      sender.seenNew = 1;
      sender.seenOld = 0;
      return true;
    }
    return advance(sender, header.counter);
  }

  /** The member was heard directly. */
  heard(name: MemberName, now: Millis): void {
    this.sender(name).heardAt = now;
    this.recent.delete(name);
    this.recent.set(name, now);
    if (this.newest === undefined) this.newest = { name, at: now };
    else {
      if (this.newest.name !== name) this.runnerUpAt = this.newest.at;
      this.newest = { name, at: now };
    }
  }

  heardAt(name: MemberName): Millis | undefined {
    return this.senders.get(name)?.heardAt;
  }

  heardWithin(name: MemberName, spanMs: Millis, now: Millis): boolean {
    const at = this.heardAt(name);
    return at !== undefined && now - at <= spanMs;
  }

  /** How many different members were heard at `since` or later; later calls ask for a later time. */
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
    for (const sender of this.senders.values()) {
      if (sender.heardAt !== undefined) sender.heardAt = Math.min(now, sender.heardAt + byMs);
    }
    for (const [name, at] of this.recent) this.recent.set(name, Math.min(now, at + byMs));
    if (this.newest !== undefined) this.newest.at = Math.min(now, this.newest.at + byMs);
    this.runnerUpAt = Math.min(now, this.runnerUpAt + byMs);
  }

  forget(name: MemberName): void {
    this.senders.delete(name);
    this.recent.delete(name);
  }

  private sender(name: MemberName): Sender {
    let sender = this.senders.get(name);
    if (sender === undefined) {
      sender = { startId: "", highest: 0, seenNew: 0, seenOld: 0, heardAt: undefined };
      this.senders.set(name, sender);
    }
    return sender;
  }
}

/**
 * Slides the window to `counter`, and says whether it was unseen and not too old. Counters wrap at
 * 2^32.
 */
function advance(sender: Sender, counter: number): boolean {
  const ahead = (counter - sender.highest) | 0;
  if (ahead > 0) {
    slide(sender, ahead);
    sender.highest = counter;
    sender.seenNew |= 1;
    return true;
  }
  const age = -ahead;
  if (age >= WINDOW) return false;
  const bit = 1 << (age & 31);
  const seen = age < 32 ? sender.seenNew & bit : sender.seenOld & bit;
  if (seen !== 0) return false;
  if (age < 32) sender.seenNew |= bit;
  else sender.seenOld |= bit;
  return true;
}

function slide(sender: Sender, by: number): void {
  if (by >= WINDOW) {
    sender.seenNew = 0;
    sender.seenOld = 0;
  } else if (by >= 32) {
    sender.seenOld = sender.seenNew << (by - 32);
    sender.seenNew = 0;
  } else {
    sender.seenOld = (sender.seenOld << by) | (sender.seenNew >>> (32 - by));
    sender.seenNew <<= by;
  }
}
