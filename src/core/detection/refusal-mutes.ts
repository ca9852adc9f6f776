import { isPresent, type MemberName, type Millis, type StartId } from "../member.ts";
import type { Transition } from "../membership/table.ts";

const MUTE_MS_FIRST = 5_000;
const MUTE_MS_MAX = 60_000;

interface Mute {
  readonly startId: StartId;
  readonly until: Millis;
  readonly lastedMs: Millis;
}

/**
 * Members that refuted a refusal without having restarted: something on the way refuses for a
 * living member. Its refusals say nothing for 5 s, doubling to 60 s with each time. Kept beyond the
 * member's death, which is what such a middlebox brings about.
 */
export class RefusalMutes {
  private readonly mutes = new Map<MemberName, Mute>();

  /**
   * A member that was refused lives on under the same start, at a higher incarnation: something on
   * the way refuses in its name (docs/protocol.md §12, rule 7).
   */
  noteTransition(
    { member, before }: Transition,
    wasRefused: (name: MemberName) => boolean,
    now: Millis,
  ): void {
    const { name, record, state } = member;
    if (!isPresent(state) || before?.record.startId !== record.startId) return;
    if (before.record.incarnation === record.incarnation) return;
    if (wasRefused(name)) this.mute(name, record.startId, now);
  }

  /** The member's refusals say nothing for a while. */
  mute(name: MemberName, startId: StartId, now: Millis): void {
    const before = this.mutes.get(name);
    const isAgain = before?.startId === startId;
    const lastedMs = isAgain ? Math.min(MUTE_MS_MAX, before.lastedMs * 2) : MUTE_MS_FIRST;
    this.mutes.set(name, { startId, until: now + lastedMs, lastedMs });
  }

  /** 0 for a member that is not muted, or was under another start. */
  mutedForMs(name: MemberName, startId: StartId, now: Millis): Millis {
    const mute = this.mutes.get(name);
    return mute?.startId === startId ? Math.max(0, mute.until - now) : 0;
  }

  /** Nothing is known of the member any more. */
  forget(name: MemberName): void {
    this.mutes.delete(name);
  }
}
