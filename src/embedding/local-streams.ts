import type { EventBody } from "../control/api-types.ts";
import { membersBody } from "../control/bodies.ts";
import type { NodeApi } from "../control/node-api.ts";
import { serviceBody } from "../control/routes/service-bodies.ts";
import type { ServiceBody } from "../control/service-types.ts";
import type { ServiceQuery } from "../discovery/directory/live-query.ts";
import { nextOf } from "./abortable.ts";
import type { EventsMissed } from "./hearsay-node.ts";

const BATCH = 64;

/** The events after `index`, and each new one, until the signal. The event log is the only queue. */
export async function* followEvents(
  node: NodeApi,
  index: number,
  signal: AbortSignal,
): AsyncGenerator<EventBody | EventsMissed, void> {
  const { events } = node;
  let cursor = index;
  while (!signal.aborted) {
    if (cursor + 1 < events.oldest) {
      const members = membersBody(node);
      cursor = members.index;
      yield { event: "missed", members };
      continue;
    }
    const batch = events.after(cursor, BATCH);
    for (const event of batch) {
      if (signal.aborted) return;
      cursor = event.index;
      yield event;
    }
    if (batch.length === 0) await nextOf((listener) => events.subscribe(listener), signal);
  }
}

/** Resolves as soon as the node's view is whole, or when the signal is aborted. */
export async function untilWhole(
  { directory }: Pick<NodeApi, "directory">,
  signal: AbortSignal,
): Promise<void> {
  while (directory.notYet !== null && !signal.aborted) {
    await nextOf((listener) => directory.onReady(listener), signal);
  }
}

/** The answer to `query` as soon as there is one, and each other one, until the signal. */
export async function* followService(
  { directory, identity }: NodeApi,
  query: ServiceQuery,
  signal: AbortSignal,
): AsyncGenerator<ServiceBody, void> {
  let index: number | undefined;
  while (!signal.aborted) {
    const answer = directory.ask(query);
    if (answer === undefined) await untilWhole({ directory }, signal);
    else if (answer.index !== index) {
      index = answer.index;
      yield serviceBody(identity.name, answer);
    } else await nextOf((listener) => directory.subscribe(query, listener), signal);
  }
}
