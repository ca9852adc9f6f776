import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import type { NodeApi } from "../node-api.ts";
import type { EventBroadcast } from "./event-broadcast.ts";
import type { Page, SharedPage } from "./page-maker.ts";
import { headOfStream, STREAM_HEADERS } from "./stream-head.ts";
import type { WaitingClients } from "./waiting.ts";

/** From where on events are wanted, and whether the stream goes on after those that have happened. */
export interface StreamRequest {
  readonly lastEventId: string | undefined;
  readonly since: number | undefined;
  readonly follow: boolean;
}

/** What serves all streams of events. */
export interface EventSources {
  readonly broadcast: EventBroadcast;
  /** For those that have lost events. */
  readonly members: SharedPage;
}

/**
 * `GET /v1/events`: the events after the last one the client saw, then each new one. The log is the only queue: a client
 * that does not read loses its connection once its next event was dropped, and resumes with a snapshot.
 */
export function streamEvents(
  context: Context<{ Bindings: HttpBindings }>,
  node: NodeApi,
  clients: WaitingClients,
  { broadcast, members }: EventSources,
  request: StreamRequest,
): Response {
  const head = headOfStream(context);
  if (head !== undefined) return head;
  const { outgoing } = context.env;
  const release = clients.enter();
  outgoing.once("close", release);
  outgoing.writeHead(200, STREAM_HEADERS);
  outgoing.write(": hearsay\n\n");
  const { lastEventId, follow } = request;
  const isLost = lastEventId !== undefined && resumableIndex(lastEventId, node) === undefined;
  const serveFrom = (cursor: number) =>
    broadcast.add({ outgoing, cursor, endsThere: !follow || clients.ended.aborted });
  if (!isLost) serveFrom(firstCursor(node, request));
  else {
    void members.read().then((page) => {
      if (outgoing.destroyed) return;
      writeSnapshot(outgoing, node, page);
      serveFrom(page.version);
    });
  }
  // Written past the framework, whose streams cost several times as much for each of hundreds of readers.
  return RESPONSE_ALREADY_SENT;
}

function writeSnapshot(outgoing: ServerResponse, node: NodeApi, { bytes, version }: Page): void {
  outgoing.write("event: snapshot\ndata: ");
  outgoing.write(bytes);
  outgoing.write(`\nid: ${eventId(node, version)}\n\n`);
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
