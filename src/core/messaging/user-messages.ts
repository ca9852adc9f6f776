import type { MemberName, Millis } from "../member.ts";
import type { Self } from "../membership/self.ts";
import type { MembershipTable } from "../membership/table.ts";
import type { Outbox } from "../sending/outbox.ts";
import type { UserMessageQueue } from "../sending/user-message-queue.ts";
import type {
  PiggybackedMessages,
  QueryMessage,
  UserEventMessage,
  UserMessage,
  UserMessageId,
} from "../user-message.ts";
import { SeenMessages } from "./seen-messages.ts";

interface UserMessagesParts {
  readonly self: Self;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly userMessageQueue: UserMessageQueue;
  /** Who lacks the message says so on pings: they must not be rare now. */
  readonly alarm: (now: Millis) => void;
}

/** What the giver of a message says; number and age are given to it here. */
type Draft = Omit<UserEventMessage, GivenHere> | Omit<QueryMessage, GivenHere>;
type GivenHere = keyof UserMessageId | "ageMs";

/**
 * User events and queries: sends this node's own, and emits those of others once. No message is
 * emitted that is older than this run of the process: a newcomer, and a node that restarts, begin
 * with what happens from then on.
 */
export class UserMessages {
  private readonly seen = new SeenMessages();
  private readonly parts: UserMessagesParts;
  private startedAt: Millis = 0;
  private lastSeq = 0;
  /** UserMessages that this node could not pass on as often as it should. */
  private dropped = 0;
  private emitDroppedAt = 1;

  constructor(parts: UserMessagesParts) {
    this.parts = parts;
  }

  /** This run begins: older messages are passed on, but not emitted. */
  start(now: Millis): void {
    this.startedAt = now;
  }

  /** Sends a message of this node, which hears it as all others do; its number. */
  send(draft: Draft): number {
    const { self, userMessageQueue } = this.parts;
    this.lastSeq++;
    const id = { origin: self.name, startId: self.startId, seq: this.lastSeq };
    const message: UserMessage = { ...draft, ...id, ageMs: 0 };
    this.seen.accepts(message);
    this.noteDropped(userMessageQueue.post(message));
    this.emit(message);
    return this.lastSeq;
  }

  /** Takes what rode on a datagram that proved its sender alive. */
  take({ messages }: PiggybackedMessages, now: Millis): void {
    for (const message of messages) this.takeOne(message, now);
  }

  /** Nothing is known of the member any more. */
  forget(member: MemberName): void {
    this.seen.forget(member);
  }

  private takeOne(message: UserMessage, now: Millis): void {
    const { table, userMessageQueue } = this.parts;
    // Of a run that is not the member's present one, what was seen could not be kept in mind.
    if (table.get(message.origin)?.record.startId !== message.startId) return;
    if (message.ageMs >= userMessageQueue.lifetimeMs(message) || !this.seen.accepts(message))
      return;
    this.parts.alarm(now);
    this.noteDropped(userMessageQueue.post(message));
    if (message.ageMs <= now - this.startedAt) this.emit(message);
  }

  /** Told at the first one, and then each time that there are twice as many. */
  private noteDropped(isDropped: boolean): void {
    if (!isDropped) return;
    this.dropped++;
    if (this.dropped < this.emitDroppedAt) return;
    this.emitDroppedAt = 2 * this.dropped;
    this.parts.outbox.emit({ kind: "notices-dropped", dropped: this.dropped });
  }

  private emit(message: UserMessage): void {
    const { origin, startId, seq, name, payload } = message;
    const fields = { origin, startId, seq, name, payload };
    if (message.kind === "user-event") this.parts.outbox.emit({ kind: "user-event", ...fields });
    else {
      const leftMs = message.timeoutMs - message.ageMs;
      this.parts.outbox.emit({ kind: "query", ...fields, leftMs });
    }
  }
}
