import type { ServerResponse } from "node:http";
import type { Millis } from "../../core/member.ts";
import { membersBody } from "../bodies.ts";
import type { NodeApi } from "../node-api.ts";
import { Turns } from "./turns.ts";
import type { WaitingClients } from "./waiting.ts";

/** Answers within this are the same bytes: what differs is the age of what was heard. */
const SHARED_MS: Millis = 100;
const JSON_TYPE = "application/json";

interface Poll {
  readonly outgoing: ServerResponse;
  readonly timer: NodeJS.Timeout;
}

/**
 * The long polls of `GET /v1/members`. An event answers all of them, in turns and with the same bytes, so that thousands cost neither a
 * copy of the view each nor the time of gossip.
 */
export class MembersPolls {
  private readonly node: NodeApi;
  private readonly clients: WaitingClients;
  private readonly waiting = new Set<Poll>();
  private readonly turns = new Turns<Poll>(
    (poll) => this.answer(poll),
    () => this.oweAll(),
  );
  private hasNews = false;
  private unsubscribe: (() => void) | undefined;
  private made:
    | { readonly index: number; readonly atMs: Millis; readonly bytes: Buffer }
    | undefined;

  constructor(node: NodeApi, clients: WaitingClients) {
    this.node = node;
    this.clients = clients;
    clients.ended.addEventListener("abort", () => this.noteNews());
  }

  /** Answers at the next event, or after `waitMs`. @throws HTTPException 503 for too many */
  add(outgoing: ServerResponse, waitMs: Millis): void {
    const release = this.clients.enter();
    const timer = setTimeout(() => this.turns.add(poll), waitMs);
    const poll: Poll = { outgoing, timer };
    this.waiting.add(poll);
    this.unsubscribe ??= this.node.events.subscribe(() => this.noteNews());
    outgoing.once("close", () => {
      this.remove(poll);
      release();
    });
    if (this.clients.ended.aborted) this.turns.add(poll);
  }

  private noteNews(): void {
    this.hasNews = true;
    this.turns.wake();
  }

  private oweAll(): void {
    if (!this.hasNews) return;
    this.hasNews = false;
    for (const poll of this.waiting) this.turns.add(poll);
  }

  private answer(poll: Poll): void {
    this.remove(poll);
    const { outgoing } = poll;
    if (outgoing.destroyed) return;
    const bytes = this.bytes();
    outgoing.writeHead(200, { "content-type": JSON_TYPE, "content-length": bytes.length });
    outgoing.end(bytes);
  }

  private remove(poll: Poll): void {
    clearTimeout(poll.timer);
    this.waiting.delete(poll);
    this.turns.delete(poll);
    if (this.waiting.size > 0) return;
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  private bytes(): Buffer {
    const { newest: index } = this.node.events;
    const nowMs = performance.now();
    if (this.made?.index !== index || nowMs - this.made.atMs > SHARED_MS) {
      const bytes = Buffer.from(JSON.stringify(membersBody(this.node)));
      this.made = { index, atMs: nowMs, bytes };
    }
    return this.made.bytes;
  }
}
