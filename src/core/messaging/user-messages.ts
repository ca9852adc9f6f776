import type { MemberName, Millis } from "../member.ts";
import type { Self } from "../membership/self.ts";
import type { MembershipTable } from "../membership/table.ts";
import type { Outbox } from "../sending/outbox.ts";
import type { NoticeBoard } from "../sending/user-message-queue.ts";
import type { News, Notice, NoticeId, QueryNotice, UserEventNotice } from "../user-message.ts";
import { SeenNotices } from "./seen-messages.ts";

interface NoticesParts {
  readonly self: Self;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly board: NoticeBoard;
}

/** What the giver of a notice says; number and age are given to it here. */
type Draft = Omit<UserEventNotice, GivenHere> | Omit<QueryNotice, GivenHere>;
type GivenHere = keyof NoticeId | "ageMs";

/**
 * User events and queries: gives out this node's own, and tells those of others once. No notice is
 * told that is older than this run of the process: a newcomer, and a node that restarts, begin with
 * what happens from then on.
 */
export class Notices {
  private readonly seen = new SeenNotices();
  private readonly parts: NoticesParts;
  private startedAt: Millis = 0;
  private lastSeq = 0;
  /** Notices that this node could not pass on as often as it should. */
  private dropped = 0;
  private tellDroppedAt = 1;

  constructor(parts: NoticesParts) {
    this.parts = parts;
  }

  start(now: Millis): void {
    this.startedAt = now;
  }

  /** Gives out a notice of this node, which hears it as all others do; its number. */
  give(draft: Draft): number {
    const { self, board } = this.parts;
    this.lastSeq++;
    const id = { origin: self.name, startId: self.startId, seq: this.lastSeq };
    const notice: Notice = { ...draft, ...id, ageMs: 0 };
    this.seen.accepts(notice);
    this.noteDropped(board.post(notice));
    this.tell(notice);
    return this.lastSeq;
  }

  /** Takes what rode on a datagram that proved its sender alive. */
  take({ notices }: News, now: Millis): void {
    for (const notice of notices) this.takeOne(notice, now);
  }

  forget(member: MemberName): void {
    this.seen.forget(member);
  }

  private takeOne(notice: Notice, now: Millis): void {
    const { table, board } = this.parts;
    // Of a run that is not the member's present one, what was seen could not be kept in mind.
    if (table.get(notice.origin)?.record.startId !== notice.startId) return;
    if (notice.ageMs >= board.lifetimeMs(notice) || !this.seen.accepts(notice)) return;
    this.noteDropped(board.post(notice));
    if (notice.ageMs <= now - this.startedAt) this.tell(notice);
  }

  /** Told at the first one, and then each time that there are twice as many. */
  private noteDropped(isDropped: boolean): void {
    if (!isDropped) return;
    this.dropped++;
    if (this.dropped < this.tellDroppedAt) return;
    this.tellDroppedAt = 2 * this.dropped;
    this.parts.outbox.event({ kind: "notices-dropped", dropped: this.dropped });
  }

  private tell(notice: Notice): void {
    const { origin, startId, seq, name, payload } = notice;
    const told = { origin, startId, seq, name, payload };
    if (notice.kind === "user-event") this.parts.outbox.event({ kind: "user-event", ...told });
    else {
      const leftMs = notice.timeoutMs - notice.ageMs;
      this.parts.outbox.event({ kind: "query", ...told, leftMs });
    }
  }
}
