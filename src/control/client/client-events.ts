import type { EventBody, MembersBody } from "../api-types.ts";
import type { HttpCaller } from "./client-http.ts";
import { type Frame, followStream, type StreamOptions } from "./client-stream.ts";

/** One item of the stream: an event, or the whole view where the events before were missed. */
export type EventItem =
  | { readonly id: string; readonly event: EventBody }
  | { readonly id: string; readonly snapshot: MembersBody };

/** Where a stream of events begins, and whether it ends. */
export interface EventsOptions extends StreamOptions {
  /** `<startId>:<index>` of the last item seen: the stream goes on after it, or begins with a snapshot. */
  readonly lastEventId?: string | undefined;
  /** Begin after this index, as far as it is still held; without either, begin now. */
  readonly since?: number | undefined;
  /** False: end after what has happened so far. */
  readonly follow?: boolean;
}

/** The events of a node, across broken connections when asked to. Ends without an error when `signal` is aborted. */
export function readEvents(
  http: HttpCaller,
  { lastEventId: firstEventId, since, follow, ...options }: EventsOptions,
): AsyncGenerator<EventItem> {
  return followStream<EventItem>(
    http,
    {
      path: "/v1/events",
      query: (lastEventId) => ({
        since: lastEventId === undefined ? since : undefined,
        follow: follow === false ? "false" : undefined,
      }),
      lastEventId: firstEventId,
      ends: follow === false,
      read: itemOf,
    },
    options,
  );
}

function itemOf({ id, event, data }: Frame): EventItem {
  return event === "snapshot"
    ? { id, snapshot: JSON.parse(data) as MembersBody }
    : { id, event: JSON.parse(data) as EventBody };
}
