import type { Millis } from "../../core/member.ts";
import type { EndpointsWanted } from "../../discovery/select-endpoints.ts";
import { START_ID_HEADER } from "../api-types.ts";
import type { ServiceBody } from "../service-types.ts";
import { type CallDefaults, eitherSignal, type HttpCaller } from "./client-http.ts";
import { followStream, type StreamOptions } from "./client-stream.ts";

/** Which endpoints of a service are wanted, and how long to wait for another answer. */
export interface ServiceOptions extends EndpointsWanted {
  /** Answer only once the answer is another one than that of this index ... */
  readonly index?: number | undefined;
  /** ... or after this time. */
  readonly waitMs?: Millis | undefined;
  /** The run of the process that `index` belongs to; another one answers at once. */
  readonly startId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which endpoints of a service are wanted, and how the stream behaves. */
export type WatchOptions = EndpointsWanted & StreamOptions;

/** `ServiceBody`, and which run of the process it speaks for: `index` means nothing under another one. */
export type ServiceAnswer = ServiceBody & { readonly startId: string };

/** `GET /v1/services/:name`. */
export async function readService(
  http: HttpCaller,
  base: CallDefaults,
  name: string,
  { maxPhi, tag, nearSelf, index, waitMs, startId, signal }: ServiceOptions,
): Promise<ServiceAnswer> {
  const answer = await http.callJson<ServiceBody>({
    path: servicePath(name),
    query: {
      ...queryOf({ maxPhi, tag, nearSelf }),
      index,
      wait: waitMs === undefined ? undefined : `${waitMs}ms`,
    },
    headers: { [START_ID_HEADER]: startId },
    timeoutMs: base.timeoutMs + (waitMs ?? 0),
    signal: eitherSignal(base.signal, signal),
  });
  return { ...answer.body, startId: answer.startId };
}

/** The answer now and each other one, across broken connections when asked to, until `signal` is aborted. */
export function watchService(
  http: HttpCaller,
  base: CallDefaults,
  name: string,
  { maxPhi, tag, nearSelf, ...options }: WatchOptions,
): AsyncGenerator<ServiceAnswer> {
  return followStream<ServiceAnswer>(
    http,
    {
      path: `${servicePath(name)}/watch`,
      query: () => queryOf({ maxPhi, tag, nearSelf }),
      read: ({ event, data }, startId) =>
        event === "message" ? { ...(JSON.parse(data) as ServiceBody), startId } : undefined,
    },
    { ...options, signal: eitherSignal(base.signal, options.signal) },
  );
}

function queryOf({ maxPhi, tag, nearSelf }: EndpointsWanted) {
  return { maxPhi, tag, near: nearSelf === true ? "self" : undefined };
}

/** Path of a service in the control API, its name escaped. */
export function servicePath(name: string): string {
  return `/v1/services/${encodeURIComponent(name)}`;
}
