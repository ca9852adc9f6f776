import type { EventBody } from "../control/api-types.ts";
import type { EventKind, EventOf, EventsMissed } from "./hearsay-node.ts";

/** The events of these kinds, or all of them without `kinds`; `missed` always passes. */
export async function* onlyKinds<K extends EventKind>(
  events: AsyncIterable<EventBody | EventsMissed>,
  kinds: readonly K[] | undefined,
): AsyncGenerator<EventOf<K> | EventsMissed, void> {
  const wanted: ReadonlySet<string> | undefined = kinds && new Set(kinds);
  for await (const event of events) {
    const isWanted = wanted === undefined || event.event === "missed" || wanted.has(event.event);
    if (isWanted) yield event as EventOf<K> | EventsMissed;
  }
}
