import { setTimeout as pause } from "node:timers/promises";
import type { EventBody } from "../control/api-types.ts";
import { type ControlClient, NodeUnreachableError } from "../control/client.ts";
import type { ServiceBody } from "../control/service-types.ts";
import type { Millis } from "../core/member.ts";
import type { EndpointsWanted, EventsMissed } from "./hearsay-node.ts";

const WAIT_MS: Millis = 30_000;
const RETRY_FIRST_MS: Millis = 250;
const RETRY_MAX_MS: Millis = 2000;

/** The events of a daemon, across broken connections and restarts of it, until the signal. */
export async function* followRemoteEvents(
  client: ControlClient,
  signal: AbortSignal,
): AsyncGenerator<EventBody | EventsMissed, void> {
  for await (const item of client.events({ reconnect: true, signal })) {
    yield "event" in item ? item.event : { event: "missed", members: item.snapshot };
  }
}

/**
 * One service as a daemon knows it, and each other answer, until the signal. While the daemon does not answer, it yields
 * nothing, and the last answer remains the best known.
 */
export async function* followRemoteService(
  client: ControlClient,
  name: string,
  wanted: Omit<EndpointsWanted, "signal">,
  signal: AbortSignal,
): AsyncGenerator<ServiceBody, void> {
  let last: { readonly index: number; readonly startId: string } | undefined;
  let retryMs = RETRY_FIRST_MS;
  while (!signal.aborted) {
    try {
      const waiting = last && { ...last, waitMs: WAIT_MS };
      const { startId, ...body } = await client.service(name, { ...wanted, ...waiting, signal });
      retryMs = RETRY_FIRST_MS;
      const isOther = body.index !== last?.index || startId !== last.startId;
      last = { index: body.index, startId };
      if (isOther) yield body;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof NodeUnreachableError)) throw error;
      await pause(retryMs, undefined, { signal }).catch(() => undefined);
      retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
    }
  }
}
