import type { MemberName, StartId } from "../member.ts";
import { type ReplayRule, ReplayWindow } from "../primitives/replay-window.ts";
import type { UserMessageId } from "../user-message.ts";

/** Messages of one run that are further behind the newest of their window are taken for seen. */
const NUMBERS: ReplayRule = { width: 256, distance: (a, b) => a - b, staysOnTie: "older" };

interface Origin {
  readonly startId: StartId;
  readonly numbers: ReplayWindow;
}

/**
 * Which user messages were met before, so that each is emitted once, however many ways it comes. It
 * lasts as long as the member does, and costs a few dozen bytes for each that ever sent one.
 */
export class SeenMessages {
  private readonly origins = new Map<MemberName, Origin>();

  /** Whether it is new. Remembers it as seen. */
  accepts({ origin: name, startId, seq }: UserMessageId): boolean {
    const origin = this.origins.get(name);
    if (origin?.startId === startId) return origin.numbers.accepts(seq);
    this.origins.set(name, { startId, numbers: new ReplayWindow(seq, NUMBERS) });
    return true;
  }

  /** Nothing is known of the member any more. */
  forget(name: MemberName): void {
    this.origins.delete(name);
  }
}
