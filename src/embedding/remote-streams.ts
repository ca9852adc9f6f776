import type { EventBody } from "../control/api-types.ts";
import type { ControlClient } from "../control/client.ts";
import type { ServiceBody } from "../control/service-types.ts";
import type { EndpointsWanted, EventsMissed } from "./hearsay-node.ts";

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
  const options = { ...wanted, reconnect: true, signal };
  for await (const { startId, ...body } of client.watchService(name, options)) {
    const isOther = body.index !== last?.index || startId !== last.startId;
    last = { index: body.index, startId };
    if (isOther) yield body;
  }
}
