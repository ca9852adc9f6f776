import type { EventBody } from "../control/api-types.ts";
import { ConfigError } from "../core/errors.ts";
import { EVENTS, type EventKind } from "./catalogue.ts";

/** Which events somebody wants to see. */
export interface EventChoice {
  /** Only those about this member. */
  readonly member?: string | undefined;
  /** Only these kinds; empty for all. */
  readonly kinds: readonly EventKind[];
}

/** The kinds of events, as `--kind` takes them. @throws ConfigError for a word that is none, with all that there are */
export function parseEventKinds(option: string, words: readonly string[]): EventKind[] {
  const known = Object.keys(EVENTS) as EventKind[];
  return words.map((word) => {
    const kind = known.find((name) => name === word);
    if (kind !== undefined) return kind;
    throw new ConfigError(
      `${option}: ${JSON.stringify(word)} is not a kind of event; choose from ${known.sort().join(", ")}`,
    );
  });
}

/** Whether the event is of a wanted kind, and about the wanted member. */
export function isWanted(event: EventBody, { member, kinds }: EventChoice): boolean {
  const isKind = kinds.length === 0 || kinds.includes(event.event);
  return isKind && (member === undefined || membersOf(event).includes(member));
}

/** The members that an event is about, not those that merely reported it. */
function membersOf(event: EventBody): unknown[] {
  if (event.event === "path-changed") return [event.from, event.to];
  const named = event as { member?: unknown; peer?: unknown; origin?: unknown };
  return [named.member, named.peer, named.origin];
}
