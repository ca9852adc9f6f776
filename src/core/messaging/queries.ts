import type { ProbeConfig } from "../config.ts";
import type { Sender } from "../exchange/record-repair.ts";
import type { Input } from "../input.ts";
import type { MemberName, Millis } from "../member.ts";
import type { Self } from "../membership/self.ts";
import type { MembershipTable } from "../membership/table.ts";
import type { MessageBody } from "../message.ts";
import { earliest, type Timed } from "../primitives/deadlines.ts";
import { Inquiries } from "../sending/inquiries.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import type { UserMessageId } from "../user-message.ts";
import type { UserMessages } from "./user-messages.ts";

/** How often an answer is sent until its asker says that it has it. */
const TRIES = 5;
/** Answers on their way at once; beyond, the oldest is given up. */
const ANSWERS_MAX = 256;

type Question = Extract<Input, { kind: "send-query" }>;
type AnswerBody = Extract<MessageBody, { kind: "answer" }>;

/** What this node asked. */
interface Asked {
  readonly ticket: number;
  readonly deadlineAt: Millis;
  readonly answered: Set<MemberName>;
}

/** What this node answers. */
interface Answering {
  readonly to: MemberName;
  readonly body: AnswerBody;
}

interface QueriesParts {
  readonly config: Pick<ProbeConfig, "roundWaitMs">;
  readonly self: Self;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly userMessages: UserMessages;
}

/**
 * Questions to all nodes. The question travels as a message; answers come straight to the asker,
 * sent again until it acknowledges them. A query ends once everybody present has spoken, or at its
 * deadline.
 */
export class Queries implements Timed {
  private readonly asked = new Map<number, Asked>();
  private readonly answering: Inquiries<string, Answering>;
  private readonly parts: QueriesParts;

  constructor(parts: QueriesParts) {
    this.parts = parts;
    this.answering = new Inquiries({
      tries: TRIES,
      waitMs: parts.config.roundWaitMs,
      ask: ({ subject }) => this.send(subject),
      onSilence: () => {},
    });
  }

  /** Asks all nodes; the events about the answers repeat `ticket`. */
  ask({ ticket, name, payload, timeoutMs }: Question, now: Millis): void {
    const seq = this.parts.userMessages.send({ kind: "query", name, payload, timeoutMs });
    const deadlineAt = now + timeoutMs;
    this.asked.set(seq, { ticket, deadlineAt, answered: new Set() });
  }

  /** This node's own answer to a query; null says that it has none. */
  answer({ origin, startId, seq }: UserMessageId, answer: string | null, now: Millis): void {
    const { self } = this.parts;
    if (origin === self.name) {
      if (startId === self.startId) this.noteAnswer(seq, self.name, answer);
      return;
    }
    const body = { kind: "answer", seq, startId, answer } as const;
    if (this.answering.size >= ANSWERS_MAX) this.answering.endOldest();
    this.answering.askNow(keyOf(origin, seq), { to: origin, body }, now);
  }

  /**
   * Somebody's answer to a query of this run; to any other, and to a late one, it says thank you.
   */
  onAnswer({ seq, startId, answer }: AnswerBody, sender: Sender): void {
    const { self, outbox } = this.parts;
    const to = { endpoint: sender.endpoint, member: sender.name };
    outbox.send(to, { kind: "answer-ack", seq });
    if (startId === self.startId) this.noteAnswer(seq, sender.name, answer);
  }

  /** The asker has this answer: it is not sent again. */
  onAck(seq: number, member: MemberName): void {
    this.answering.end(keyOf(member, seq));
  }

  /** A member that is gone will not answer. */
  noteTransition(): void {
    for (const seq of [...this.asked.keys()]) this.endIfComplete(seq);
  }

  wake(now: Millis): void {
    for (const [seq, { deadlineAt }] of this.asked) if (now >= deadlineAt) this.end(seq);
    this.answering.wake(now);
  }

  nextDeadline(): Millis {
    const ends = earliest(this.asked.values(), ({ deadlineAt }) => deadlineAt);
    return Math.min(ends, this.answering.nextDeadline());
  }

  private send({ to, body }: Answering): undefined {
    const asker = this.parts.table.get(to);
    if (asker !== undefined) this.parts.outbox.send(toMember(asker), body);
  }

  private noteAnswer(seq: number, member: MemberName, answer: string | null): void {
    const asked = this.asked.get(seq);
    if (asked === undefined || asked.answered.has(member)) return;
    asked.answered.add(member);
    this.parts.outbox.emit({ kind: "query-answered", ticket: asked.ticket, member, answer });
    this.endIfComplete(seq);
  }

  private endIfComplete(seq: number): void {
    if (this.silentOn(seq).length === 0) this.end(seq);
  }

  private end(seq: number): void {
    const asked = this.asked.get(seq);
    if (asked === undefined) return;
    const silent = this.silentOn(seq);
    this.asked.delete(seq);
    this.parts.outbox.emit({ kind: "query-ended", ticket: asked.ticket, silent });
  }

  /** The members present that have not spoken. */
  private silentOn(seq: number): MemberName[] {
    const answered = this.asked.get(seq)?.answered ?? new Set();
    return this.parts.table.present
      .filter(({ name }) => !answered.has(name))
      .map(({ name }) => name);
  }
}

function keyOf(asker: MemberName, seq: number): string {
  return `${asker} ${seq}`;
}
