import type { Endpoint, Millis } from "../../../core/member.ts";
import type { BaselineBody, StreamPayload } from "./baseline-message.ts";
import type { NodeTimer, NodeTimers } from "./node-timers.ts";

/** TCP's first wait for an answer to a SYN and to data (Linux), each doubling. */
const OPEN_RETRY_MS = 1000;
const DATA_RETRY_MS = 200;

type StreamBody = Extract<BaselineBody, { readonly stream: number }>;

interface Exchange {
  readonly to: Endpoint;
  readonly request: StreamPayload;
  readonly done: (response: StreamPayload | undefined) => void;
  retry: NodeTimer;
  readonly deadline: NodeTimer;
}

/** What the streams of a node are made of. */
export interface StreamParts {
  readonly timers: NodeTimers;
  readonly send: (to: Endpoint, body: BaselineBody) => void;
  /** What a peer gets for its request; undefined: nothing ever. */
  readonly answer: (request: StreamPayload) => StreamPayload | undefined;
}

/**
 * A request and its response through TCP, as far as detection feels it: a handshake, then data,
 * both retransmitted until answered, over the same lossy network. A host that is gone never
 * answers, and loss costs time, not the message.
 */
export class Streams {
  private readonly exchanges = new Map<number, Exchange>();
  private readonly parts: StreamParts;
  private lastId = 0;

  constructor(parts: StreamParts) {
    this.parts = parts;
  }

  /** Calls `done` once: with the response, or with undefined after `withinMs`. */
  request(to: Endpoint, request: StreamPayload, withinMs: Millis, done: Exchange["done"]): void {
    const stream = ++this.lastId;
    const deadline = this.parts.timers.after(withinMs, () => this.end(stream, undefined));
    const retry = this.repeat({ kind: "stream-open", stream }, to, OPEN_RETRY_MS);
    this.exchanges.set(stream, { to, request, done, retry, deadline });
  }

  receive(body: StreamBody, from: Endpoint): void {
    const { stream } = body;
    switch (body.kind) {
      case "stream-open":
        this.parts.send(from, { kind: "stream-accept", stream });
        return;
      case "stream-accept":
        this.accepted(stream);
        return;
      case "stream-request": {
        const payload = this.parts.answer(body.payload);
        if (payload !== undefined) {
          this.parts.send(from, { kind: "stream-response", stream, payload });
        }
        return;
      }
      case "stream-response":
        this.end(stream, body.payload);
    }
  }

  private accepted(stream: number): void {
    const exchange = this.exchanges.get(stream);
    if (exchange === undefined) return;
    exchange.retry.cancel();
    const { to, request: payload } = exchange;
    exchange.retry = this.repeat({ kind: "stream-request", stream, payload }, to, DATA_RETRY_MS);
  }

  private repeat(body: StreamBody, to: Endpoint, waitMs: Millis): NodeTimer {
    let timer: NodeTimer | undefined;
    const attempt = (nextWaitMs: Millis): void => {
      this.parts.send(to, body);
      timer = this.parts.timers.after(nextWaitMs, () => attempt(2 * nextWaitMs));
    };
    attempt(waitMs);
    return { cancel: () => timer?.cancel() };
  }

  private end(stream: number, response: StreamPayload | undefined): void {
    const exchange = this.exchanges.get(stream);
    if (exchange === undefined) return;
    this.exchanges.delete(stream);
    exchange.retry.cancel();
    exchange.deadline.cancel();
    exchange.done(response);
  }
}
