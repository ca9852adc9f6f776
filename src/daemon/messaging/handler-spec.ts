import type { EventKind } from "../../events/catalogue.ts";
import { EVENT_KINDS, isEventKind } from "../../events/events.ts";
import { nearestName } from "../settings/nearest-name.ts";

/** A command, and the events that it is run for. */
export interface EventHandlerSpec {
  /** Empty: every event that the log shows at level info. */
  readonly filters: readonly EventFilter[];
  readonly command: string;
}

/** One kind of event, or of the user events and queries only those of one name. */
export interface EventFilter {
  readonly event: EventKind;
  readonly name: string | null;
}

/** A command that answers queries. */
export interface QueryHandlerSpec {
  /** Null: queries of every name. */
  readonly name: string | null;
  readonly command: string;
}

const NO_COMMAND = "has no command; write one behind the =, such as joined=./notify.sh";
const FILTER = /^([a-z][a-z-]*(?::[A-Za-z0-9._-]+)?(?:,[a-z][a-z-]*(?::[A-Za-z0-9._-]+)?)*)=(.*)$/s;
const QUERY_NAME = /^([A-Za-z0-9._-]{1,64})=(.*)$/s;

/**
 * `command`, `member-changed=command` or `user-event:deploy,joined=command`; as one clause for the operator what is wrong.
 * A command that begins with an assignment (`x=1 run`) has to be written as `env x=1 run`.
 */
export function parseEventHandler(text: string): EventHandlerSpec | string {
  const [, words, command = text] = FILTER.exec(text) ?? [];
  if (command.trim() === "") return NO_COMMAND;
  const filters: EventFilter[] = [];
  for (const word of words?.split(",") ?? []) {
    const [event = "", name = null] = word.split(":");
    if (!isEventKind(event)) {
      const nearest = nearestName(event, EVENT_KINDS);
      return `names "${event}", which is not an event${nearest === undefined ? "" : ` (did you mean ${nearest}?)`}`;
    }
    if (name !== null && event !== "user-event" && event !== "query") {
      return `names "${word}", but only user-event and query have names`;
    }
    filters.push({ event, name });
  }
  return { filters, command };
}

/** `load=command`, or `command` for queries of every name. */
export function parseQueryHandler(text: string): QueryHandlerSpec | string {
  const [, name = null, command = text] = QUERY_NAME.exec(text) ?? [];
  return command.trim() === "" ? NO_COMMAND : { name, command };
}
