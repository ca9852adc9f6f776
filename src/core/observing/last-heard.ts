import type { MemberName, Millis, StartId } from "../member.ts";
import type { Header } from "../message.ts";

/** Counters this far behind the newest are still told apart from replays. */
const WINDOW = 64;

/** A counter so far ahead was forged, or its sender seldom speaks to us: it begins a window of its own. */
const FAR = 4096;

interface Window {
  highest: number;
  /** Bit i: the counter `highest - i` was seen. Two 32-bit halves, the newer one first. */
  seenNew: number;
  seenOld: number;
  /** Counters that were new in it. */
  count: number;
}

interface Sender {
  startId: StartId;
  /** One, or two after a jump: so a forged counter far ahead silences nobody. */
  windows: readonly Window[];
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
      sender.windows = [newWindow(header.counter)];
      return true;
    }
    const { counter } = header;
    const near = sender.windows.find(({ highest }) => Math.abs((counter - highest) | 0) <= FAR);
    if (near !== undefined) return advance(near, counter);
    const busiest = sender.windows.reduce((a, b) => (b.count >= a.count ? b : a));
    if (((counter - busiest.highest) | 0) < 0) return false;
    sender.windows = [busiest, newWindow(counter)];
    return true;
  }

  /** The member was heard directly. */
  recordHeard(name: MemberName, now: Millis): void {
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
      sender = { startId: "", windows: [], heardAt: undefined };
      this.senders.set(name, sender);
    }
    return sender;
  }
}

function newWindow(counter: number): Window {
  return { highest: counter, seenNew: 1, seenOld: 0, count: 1 };
}

/**
 * Slides the window to `counter`, and says whether it was unseen and not too old. Counters wrap at
 * 2^32.
 */
function advance(window: Window, counter: number): boolean {
  const ahead = (counter - window.highest) | 0;
  if (ahead > 0) {
    slide(window, ahead);
    window.highest = counter;
    window.seenNew |= 1;
    window.count++;
    return true;
  }
  const age = -ahead;
  if (age >= WINDOW) return false;
  const bit = 1 << (age & 31);
  const seen = age < 32 ? window.seenNew & bit : window.seenOld & bit;
  if (seen !== 0) return false;
  if (age < 32) window.seenNew |= bit;
  else window.seenOld |= bit;
  window.count++;
  return true;
}

function slide(window: Window, by: number): void {
  if (by >= WINDOW) {
    window.seenNew = 0;
    window.seenOld = 0;
  } else if (by >= 32) {
    window.seenOld = window.seenNew << (by - 32);
    window.seenNew = 0;
  } else {
    window.seenOld = (window.seenOld << by) | (window.seenNew >>> (32 - by));
    window.seenNew <<= by;
  }
}
