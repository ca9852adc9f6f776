import type { PublicEvent } from "../control/api-types.ts";
import { EVENTS, type EventKind, type EventLevel, type StateWriter } from "./catalogue.ts";

/** A kind that logs, handlers and scenarios have: it has fields. */
const PUBLIC_KINDS: readonly string[] = Object.entries(EVENTS).flatMap(([kind, { fields }]) =>
  fields === null ? [] : [kind],
);

/** The kinds of events that a handler or a scenario may ask for, in the order of the catalogue. */
export const EVENT_KINDS: readonly string[] = PUBLIC_KINDS;

/** Whether a handler or a scenario may ask for that kind. */
export function isEventKind(kind: string): kind is EventKind {
  return PUBLIC_KINDS.includes(kind);
}

/** Names of the fields that this kind of event has; undefined where there is no such kind. */
export function eventFields(kind: string): readonly string[] | undefined {
  return isEventKind(kind) ? Object.keys(EVENTS[kind].fields ?? {}) : undefined;
}

/**
 * How loud an event is: what is worth a line, and a handler of the operator, is more than debug.
 */
export function levelOf(event: PublicEvent): EventLevel {
  const { level } = EVENTS[event.event];
  return typeof level === "string" ? level : (level as LevelOf)(event);
}

/** One event as one readable line, without its time. */
export function describeEvent(event: PublicEvent, writeState?: StateWriter): string {
  const text = eventText(event, writeState);
  return "member" in event ? `${event.member}  ${text}` : text;
}

/** The same without the member that it is about, for where that one has a column. */
export function eventText(event: PublicEvent, writeState: StateWriter = (state) => state): string {
  const { text } = EVENTS[event.event];
  return (text as TextOf)(event, writeState);
}

// The entry of an event's kind takes that kind; the compiler cannot follow it through the union.
type LevelOf = (event: PublicEvent) => EventLevel;
type TextOf = (event: PublicEvent, writeState: StateWriter) => string;
