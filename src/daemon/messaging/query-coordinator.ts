import type { MemberAnswer, QueryBody } from "../../control/message-types.ts";
import type { NodeEvent } from "../../core/effect.ts";
import type { Input } from "../../core/input.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import { ANSWER_BYTES_MAX } from "../../wire/limits.ts";

type EventOf<K extends NodeEvent["kind"]> = Extract<NodeEvent, { readonly kind: K }>;

/** A query that reached this node. */
export type QueryEvent = EventOf<"query">;
type DeskEvent = EventOf<"query" | "query-answered" | "query-ended">;

/** A query that this node asks of all. `payload`: at most 512 bytes of UTF-8. */
export interface Question {
  readonly name: string;
  readonly payload: string;
  readonly timeoutMs: Millis;
}

/**
 * Answers queries of one name, or of every name (null). Null, and a rejection, say that there is no answer; what comes
 * after `deadline` is aborted comes too late. An answer longer than 768 bytes is cut.
 */
export interface Responder {
  readonly name: string | null;
  answer(query: QueryEvent, deadline: AbortSignal): Promise<string | null>;
}

interface OpenQuery {
  readonly askedAtMs: Millis;
  readonly answers: MemberAnswer[];
  readonly declined: MemberName[];
  end(silent: readonly MemberName[]): void;
}

/** Queries of this node that may be open at once. */
const OPEN_MAX = 32;
/** Queries of others that may be answered at once; beyond, they are told that there is no answer. */
const ANSWERING_MAX = 16;

/** Gathers the answers to the queries of this node, and lets its responders answer those of others. */
export class QueryCoordinator {
  private readonly submit: (input: Input) => void;
  private readonly open = new Map<number, OpenQuery>();
  private readonly responders: Responder[] = [];
  private readonly answering = new Set<AbortController>();
  private lastTicket = 0;

  constructor(submit: (input: Input) => void) {
    this.submit = submit;
  }

  get isFull(): boolean {
    return this.open.size >= OPEN_MAX;
  }

  /** Asks everybody. Resolves when all have spoken, or at the deadline; rejects with the reason of `signal`. */
  ask(question: Question, signal?: AbortSignal): Promise<QueryBody> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.lastTicket += 1;
    const ticket = this.lastTicket;
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.open.delete(ticket);
        reject(signal?.reason);
      };
      const answers: MemberAnswer[] = [];
      const declined: MemberName[] = [];
      const end = (silent: readonly MemberName[]) => {
        signal?.removeEventListener("abort", giveUp);
        resolve({ v: 1, name: question.name, answers, declined, silent });
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      this.open.set(ticket, { askedAtMs: performance.now(), answers, declined, end });
      this.submit({ kind: "send-query", ticket, ...question });
    });
  }

  /** Lets `responder` answer from now on, until the returned function is called; who came first is asked first. */
  respond(responder: Responder): () => void {
    this.responders.push(responder);
    return () => {
      const at = this.responders.indexOf(responder);
      if (at >= 0) this.responders.splice(at, 1);
    };
  }

  /** Takes what concerns it out of the node's events. */
  accept(event: DeskEvent): void {
    if (event.kind === "query") {
      void this.answer(event);
      return;
    }
    const query = this.open.get(event.ticket);
    if (query === undefined) return;
    if (event.kind === "query-ended") {
      this.open.delete(event.ticket);
      query.end(event.silent);
    } else if (event.answer === null) query.declined.push(event.member);
    else {
      const tookMs = Math.round(performance.now() - query.askedAtMs);
      query.answers.push({ member: event.member, answer: event.answer, tookMs });
    }
  }

  /** Ends whatever is still open: nobody will answer any more. */
  close(): void {
    for (const deadline of this.answering) deadline.abort();
    for (const query of this.open.values()) query.end([]);
    this.open.clear();
  }

  private async answer(query: QueryEvent): Promise<void> {
    const answer = await this.answerOf(query);
    const { origin, startId, seq } = query;
    const id = { origin, startId, seq };
    this.submit({
      kind: "answer",
      query: id,
      answer: answer === null ? null : cutToAnswer(answer),
    });
  }

  private async answerOf(query: QueryEvent): Promise<string | null> {
    const able = this.responders.filter(({ name }) => name === null || name === query.name);
    if (able.length === 0 || this.answering.size >= ANSWERING_MAX) return null;
    const deadline = new AbortController();
    this.answering.add(deadline);
    const timer = setTimeout(() => deadline.abort(), query.leftMs);
    try {
      for (const responder of able) {
        const answer = await responder.answer(query, deadline.signal).catch(() => null);
        if (answer !== null) return answer;
      }
      return null;
    } finally {
      clearTimeout(timer);
      this.answering.delete(deadline);
    }
  }
}

/** As much of `text` as an answer may have, never half a character. What UTF-8 cannot say is replaced. */
export function cutToAnswer(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= ANSWER_BYTES_MAX) return bytes.toString("utf8");
  let end = ANSWER_BYTES_MAX;
  // Bytes 10xxxxxx continue a character: it would be cut in two.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}
