import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { Millis } from "../../core/member.ts";
import { membersBody } from "../bodies.ts";
import type { NodeApi } from "../node-api.ts";
import { headOfStream } from "./stream-head.ts";
import { nextEvent, type WaitingClients } from "./waiting.ts";

/** From where on events are wanted, and whether the stream goes on after those that have happened. */
export interface StreamRequest {
  readonly lastEventId: string | undefined;
  readonly since: number | undefined;
  readonly follow: boolean;
}

const HEARTBEAT_MS: Millis = 10_000;
const BATCH = 64;

/**
 * `GET /v1/events`: the events after the last one the client saw, then each new one. The log is the only queue: a client
 * that does not read loses its connection once its next event is about to be dropped, and resumes with a snapshot.
 */
export function streamEvents(
  context: Context<{ Bindings: HttpBindings }>,
  node: NodeApi,
  clients: WaitingClients,
  request: StreamRequest,
): Response {
  const head = headOfStream(context);
  if (head !== undefined) return head;
  const { outgoing } = context.env;
  const release = clients.enter();
  const closed = new AbortController();
  const reader = { cursor: firstCursor(node, request) };
  const unsubscribe = node.events.subscribe(() => {
    if (reader.cursor + 1 >= node.events.oldest || outgoing.destroyed) return;
    clients.noteDropped(`a reader of /v1/events was ${node.events.capacity} events behind`);
    outgoing.destroy();
  });
  // Whatever becomes of the stream: one that is not read may never end.
  outgoing.once("close", () => {
    closed.abort();
    unsubscribe();
    release();
  });
  return streamSSE(context, async (stream) => {
    await stream.write(": hearsay\n\n");
    if (
      request.lastEventId !== undefined &&
      resumableIndex(request.lastEventId, node) === undefined
    ) {
      await sendSnapshot(stream, node, reader);
    }
    while (!closed.signal.aborted && !stream.aborted) {
      if (await sendBatch(stream, node, reader)) continue;
      if (!request.follow || clients.ended.aborted) return;
      const happened = await nextEvent(node.events, HEARTBEAT_MS, closed.signal, clients.ended);
      if (!happened) await stream.write(": still here\n\n");
    }
  });
}

interface Reader {
  /** Index of the last event that the client was sent. */
  cursor: number;
}

async function sendSnapshot(stream: SSEStreamingApi, node: NodeApi, reader: Reader): Promise<void> {
  const body = membersBody(node);
  reader.cursor = body.index;
  await stream.writeSSE({
    event: "snapshot",
    id: eventId(node, body.index),
    data: JSON.stringify(body),
  });
}

/** Sends what is held after the cursor; whether there was anything. */
async function sendBatch(stream: SSEStreamingApi, node: NodeApi, reader: Reader): Promise<boolean> {
  const batch = node.events.after(reader.cursor, BATCH);
  for (const event of batch) {
    await stream.writeSSE({ id: eventId(node, event.index), data: JSON.stringify(event) });
    reader.cursor = event.index;
  }
  return batch.length > 0;
}

function firstCursor(node: NodeApi, { lastEventId, since, follow }: StreamRequest): number {
  const { events } = node;
  const resumed = lastEventId === undefined ? undefined : resumableIndex(lastEventId, node);
  if (resumed !== undefined) return resumed;
  const wanted = since ?? (follow ? events.newest : 0);
  return Math.max(Math.min(wanted, events.newest), events.oldest - 1);
}

function resumableIndex(lastEventId: string, { identity, events }: NodeApi): number | undefined {
  const [, startId, digits] = /^([0-9a-f]+):(\d{1,15})$/.exec(lastEventId) ?? [];
  const index = Number(digits);
  const isHeld =
    startId === identity.startId && index >= events.oldest - 1 && index <= events.newest;
  return isHeld ? index : undefined;
}

function eventId(node: NodeApi, index: number): string {
  return `${node.identity.startId}:${index}`;
}
