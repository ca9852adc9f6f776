import type { MemberName, StartId } from "../member.ts";
import type { NoticeId } from "./notice.ts";

/** Notices of one run that are so far behind its newest are taken for seen. */
const WINDOW = 256;
const MASK = (1n << BigInt(WINDOW)) - 1n;

interface Origin {
  startId: StartId;
  highest: number;
  /** Bit i: the notice `highest - i` was seen. */
  seen: bigint;
}

/**
 * Which notices were met before, so that each is told once, however many ways it comes. It lasts as
 * long as the member does, and costs a few dozen bytes for each that ever gave one out.
 */
export class SeenNotices {
  private readonly origins = new Map<MemberName, Origin>();

  /** Whether it is new. Remembers it as seen. */
  accepts({ origin: name, startId, seq }: NoticeId): boolean {
    const origin = this.origins.get(name);
    if (origin?.startId !== startId) {
      this.origins.set(name, { startId, highest: seq, seen: 1n });
      return true;
    }
    return advance(origin, seq);
  }

  forget(name: MemberName): void {
    this.origins.delete(name);
  }
}

function advance(origin: Origin, seq: number): boolean {
  const ahead = seq - origin.highest;
  if (ahead > 0) {
    const kept = ahead < WINDOW ? (origin.seen << BigInt(ahead)) & MASK : 0n;
    origin.seen = kept | 1n;
    origin.highest = seq;
    return true;
  }
  if (-ahead >= WINDOW) return false;
  const bit = 1n << BigInt(-ahead);
  if ((origin.seen & bit) !== 0n) return false;
  origin.seen |= bit;
  return true;
}
