import type { IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Millis } from "../../core/member.ts";
import type { EventBody, MembersBody } from "../api-types.ts";
import { NodeUnreachableError } from "./client-errors.ts";
import type { HttpCaller } from "./client-http.ts";

/** One item of the stream: an event, or the whole view where the events before were missed. */
export type EventItem =
  | { readonly id: string; readonly event: EventBody }
  | { readonly id: string; readonly snapshot: MembersBody };

export interface EventsOptions {
  /** `<startId>:<index>` of the last item seen: the stream goes on after it, or begins with a snapshot. */
  readonly lastEventId?: string | undefined;
  /** Begin after this index, as far as it is still held; without either, begin now. */
  readonly since?: number | undefined;
  /** False: end after what has happened so far. */
  readonly follow?: boolean;
  /** Dial again and resume when the connection breaks, until `signal` ends it. */
  readonly reconnect?: boolean;
  /** Told of each break of the connection, and of each success after one. */
  readonly onConnection?: (state: { readonly connected: boolean; readonly error?: Error }) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The server sends a heartbeat every 10 s: so long a silence is a dead connection. */
const SILENCE_MS: Millis = 30_000;
const RECONNECT_FIRST_MS: Millis = 250;
const RECONNECT_MAX_MS: Millis = 2000;

/** The events of a node, across broken connections when asked to. Ends without an error when `signal` is aborted. */
export async function* readEvents(
  http: HttpCaller,
  options: EventsOptions,
): AsyncGenerator<EventItem> {
  let lastEventId = options.lastEventId;
  let waitMs = RECONNECT_FIRST_MS;
  while (!options.signal?.aborted) {
    try {
      for await (const item of readOnce(http, { ...options, lastEventId })) {
        waitMs = RECONNECT_FIRST_MS;
        lastEventId = item.id;
        yield item;
      }
      if (options.follow === false || options.signal?.aborted) return;
      throw new NodeUnreachableError(
        http.url,
        "the event stream ended",
        "is the node still running?",
      );
    } catch (error) {
      if (options.signal?.aborted) return;
      if (!options.reconnect || !(error instanceof NodeUnreachableError)) throw error;
      options.onConnection?.({ connected: false, error });
      await pause(waitMs, undefined, { signal: options.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, RECONNECT_MAX_MS);
    }
  }
}

async function* readOnce(http: HttpCaller, options: EventsOptions): AsyncGenerator<EventItem> {
  const { lastEventId, since, follow, signal, onConnection } = options;
  const response = await http.open({
    path: "/v1/events",
    query: {
      since: lastEventId === undefined ? since : undefined,
      follow: follow === false ? "false" : undefined,
    },
    headers: { accept: "text/event-stream", "last-event-id": lastEventId },
    timeoutMs: SILENCE_MS,
    signal,
  });
  onConnection?.({ connected: true });
  try {
    for await (const frame of readFrames(response)) {
      const item = itemOf(frame);
      if (item !== undefined) yield item;
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NodeUnreachableError(
      http.url,
      `the event stream broke (${why})`,
      "is the node still running?",
    );
  } finally {
    response.destroy();
  }
}

interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Server-sent events as frames (HTML Living Standard, 9.2.6), for the fields and the line ends that our server writes. */
async function* readFrames(response: IncomingMessage): AsyncGenerator<Frame> {
  response.setEncoding("utf8");
  let pending = "";
  for await (const chunk of response as AsyncIterable<string>) {
    pending += chunk;
    for (let end = pending.indexOf("\n\n"); end >= 0; end = pending.indexOf("\n\n")) {
      yield frameOf(pending.slice(0, end));
      pending = pending.slice(end + 2);
    }
  }
}

function frameOf(block: string): Frame {
  const frame = { id: "", event: "message", data: "" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const at = line.indexOf(":");
    const field = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "id" || field === "event") frame[field] = value;
  }
  return { ...frame, data: data.join("\n") };
}

function itemOf({ id, event, data }: Frame): EventItem | undefined {
  if (data === "") return undefined;
  return event === "snapshot"
    ? { id, snapshot: JSON.parse(data) as MembersBody }
    : { id, event: JSON.parse(data) as EventBody };
}
