import type { ServerResponse } from "node:http";
import type { Millis } from "../../core/member.ts";
import type { NodeApi } from "../node-api.ts";
import type { SharedPage } from "./page-maker.ts";
import { Turns } from "./turns.ts";
import type { WaitingClients } from "./waiting.ts";

/** Answers within this are the same bytes: what differs is the age of what was heard. */
const SHARED_MS: Millis = 100;

const JSON_TYPE = "application/json";

interface Poll {
  readonly outgoing: ServerResponse;
  readonly timer: NodeJS.Timeout;
}

interface Answer {
  readonly outgoing: ServerResponse;
  readonly bytes: Buffer;
}

/**
 * The long polls of `GET /v1/members`. An event answers all of them, in turns and with the same bytes, so that thousands cost neither a
 * copy of the view each nor the time of gossip.
 */
export class MembersPolls {
  private readonly node: NodeApi;
  private readonly clients: WaitingClients;
  private readonly page: SharedPage;
  private readonly waiting = new Set<Poll>();
  private readonly turns = new Turns<Answer>(send);
  private unsubscribe: (() => void) | undefined;

  constructor(node: NodeApi, clients: WaitingClients, page: SharedPage) {
    this.node = node;
    this.clients = clients;
    this.page = page;
    clients.ended.addEventListener("abort", () => this.answerAll());
  }

  /** Answers at the next event, or after `waitMs`. @throws HTTPException 503 for too many */
  add(outgoing: ServerResponse, waitMs: Millis): void {
    const release = this.clients.enter();
    const timer = setTimeout(() => this.answer(poll), waitMs);
    const poll: Poll = { outgoing, timer };
    this.waiting.add(poll);
    this.unsubscribe ??= this.node.events.subscribe(() => this.answerAll());
    outgoing.once("close", () => {
      this.remove(poll);
      release();
    });
    if (this.clients.ended.aborted) this.answer(poll);
  }

  private answerAll(): void {
    for (const poll of this.waiting) this.answer(poll);
  }

  private answer(poll: Poll): void {
    const { outgoing } = poll;
    this.remove(poll);
    void this.page.read(SHARED_MS).then(({ bytes }) => this.turns.add({ outgoing, bytes }));
  }

  private remove(poll: Poll): void {
    clearTimeout(poll.timer);
    this.waiting.delete(poll);
    if (this.waiting.size > 0) return;
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }
}

function send({ outgoing, bytes }: Answer): void {
  if (outgoing.destroyed) return;
  outgoing.writeHead(200, { "content-type": JSON_TYPE, "content-length": bytes.length });
  outgoing.end(bytes);
}
