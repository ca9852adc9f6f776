import type { Context } from "hono";

/** What goes before a stream of server-sent events. */
export const STREAM_HEADERS = { "content-type": "text/event-stream", "cache-control": "no-cache" };

/**
 * The answer to `HEAD` for a stream: the framework runs the route of `GET` for it and drops the body, and an unread
 * stream would hold the place of a client forever. Undefined for `GET`.
 */
export function headOfStream({ req, body }: Context): Response | undefined {
  return req.method === "HEAD" ? body(null, 200, STREAM_HEADERS) : undefined;
}
