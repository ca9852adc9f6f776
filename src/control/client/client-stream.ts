import type { IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Millis } from "../../core/member.ts";
import { NodeUnreachableError } from "./client-errors.ts";
import type { Call, HttpCaller } from "./client-http.ts";

/** How a stream behaves when its connection breaks. */
export interface StreamOptions {
  /** Dial again and resume when the connection breaks, until `signal` ends it. */
  readonly reconnect?: boolean;
  /** Called at each break of the connection, and at each success after one. */
  readonly onConnection?: (state: { readonly connected: boolean; readonly error?: Error }) => void;
  readonly signal?: AbortSignal | undefined;
}

/** One server-sent event. */
export interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Where a stream comes from, and how its frames are read. */
export interface StreamSource<T> {
  readonly path: string;
  /** The question, given the id of the last frame that was read; undefined for none. */
  readonly query: (lastEventId: string | undefined) => NonNullable<Call["query"]>;
  /** Where to go on from at first. */
  readonly lastEventId?: string | undefined;
  /** Whether the stream has an end of its own. */
  readonly ends?: boolean;
  /** What a frame says; undefined to skip it. */
  readonly read: (frame: Frame, startId: string) => T | undefined;
}

/** The server sends a heartbeat every 10 s: so long a silence is a dead connection. */
const SILENCE_MS: Millis = 30_000;
const RECONNECT_FIRST_MS: Millis = 250;
const RECONNECT_MAX_MS: Millis = 2000;

/** What a stream says, across broken connections when asked to. Ends without an error when `signal` is aborted. */
export async function* followStream<T>(
  http: HttpCaller,
  source: StreamSource<T>,
  options: StreamOptions,
): AsyncGenerator<T> {
  const seen = { lastEventId: source.lastEventId };
  let waitMs = RECONNECT_FIRST_MS;
  while (!options.signal?.aborted) {
    try {
      for await (const item of readOnce(http, source, options, seen)) {
        waitMs = RECONNECT_FIRST_MS;
        yield item;
      }
      if (source.ends === true || options.signal?.aborted) return;
      throw new NodeUnreachableError(http.url, "the stream ended", "is the node still running?");
    } catch (error) {
      if (options.signal?.aborted) return;
      if (!options.reconnect || !(error instanceof NodeUnreachableError)) throw error;
      options.onConnection?.({ connected: false, error });
      await pause(waitMs, undefined, { signal: options.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, RECONNECT_MAX_MS);
    }
  }
}

async function* readOnce<T>(
  http: HttpCaller,
  { path, query, read }: StreamSource<T>,
  { signal, onConnection }: StreamOptions,
  seen: { lastEventId: string | undefined },
): AsyncGenerator<T> {
  const response = await http.open({
    path,
    query: query(seen.lastEventId),
    headers: { accept: "text/event-stream", "last-event-id": seen.lastEventId },
    timeoutMs: SILENCE_MS,
    signal,
  });
  onConnection?.({ connected: true });
  try {
    for await (const frame of readFrames(response)) {
      const item = frame.data === "" ? undefined : read(frame, http.startIdOf(response));
      if (item === undefined) continue;
      seen.lastEventId = frame.id;
      yield item;
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NodeUnreachableError(
      http.url,
      `the stream broke (${why})`,
      "is the node still running?",
    );
  } finally {
    response.destroy();
  }
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
