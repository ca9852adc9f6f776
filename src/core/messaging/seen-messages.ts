import type { MemberName, StartId } from "../member.ts";
import type { UserMessageId } from "../user-message.ts";

/** UserMessages of one run that are so far behind the newest of their window are taken for seen. */
const WINDOW = 256;
const MASK = (1n << BigInt(WINDOW)) - 1n;
/** A number so far ahead was forged, or this node missed thousands: it begins a window of its own. */
const FAR = 4096;

interface Window {
  highest: number;
  /** Bit i: the message `highest - i` was seen. */
  seen: bigint;
  count: number;
}

interface Origin {
  readonly startId: StartId;
  /** One, or two: then a jump was met, and what goes on is told from what was forged by its numbers. */
  windows: Window[];
}

/**
 * Which messages were met before, so that each is told once, however many ways it comes. It lasts as
 * long as the member does, and costs a few dozen bytes for each that ever gave one out. No single
 * number silences an origin: a jump far ahead leaves the window that is in use as it is.
 */
export class SeenMessages {
  private readonly origins = new Map<MemberName, Origin>();

  /** Whether it is new. Remembers it as seen. */
  accepts({ origin: name, startId, seq }: UserMessageId): boolean {
    const origin = this.origins.get(name);
    if (origin?.startId !== startId) {
      this.origins.set(name, { startId, windows: [newWindow(seq)] });
      return true;
    }
    const near = origin.windows.find(({ highest }) => Math.abs(seq - highest) <= FAR);
    if (near !== undefined) return advance(near, seq);
    const busiest = origin.windows.reduce((a, b) => (b.count > a.count ? b : a));
    if (seq < busiest.highest) return false;
    origin.windows = [busiest, newWindow(seq)];
    return true;
  }

  forget(name: MemberName): void {
    this.origins.delete(name);
  }
}

function newWindow(seq: number): Window {
  return { highest: seq, seen: 1n, count: 1 };
}

function advance(window: Window, seq: number): boolean {
  const ahead = seq - window.highest;
  if (ahead > 0) {
    const kept = ahead < WINDOW ? (window.seen << BigInt(ahead)) & MASK : 0n;
    window.seen = kept | 1n;
    window.highest = seq;
    window.count++;
    return true;
  }
  if (-ahead >= WINDOW) return false;
  const bit = 1n << BigInt(-ahead);
  if ((window.seen & bit) !== 0n) return false;
  window.seen |= bit;
  window.count++;
  return true;
}
