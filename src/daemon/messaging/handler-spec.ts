import type { PublicEvent } from "../../control/api-types.ts";
import { nearestName } from "../settings/nearest-name.ts";

type EventKind = PublicEvent["event"];

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

export interface QueryHandlerSpec {
  /** Null: queries of every name. */
  readonly name: string | null;
  readonly command: string;
}

/** Every kind that a handler may ask for; the compiler demands the whole list. */
const KINDS: Readonly<Record<Exclude<EventKind, PrivateKind>, true>> = {
  accused: true,
  "claim-refused": true,
  "faults-changed": true,
  "health-changed": true,
  "isolated-changed": true,
  "join-refused": true,
  joined: true,
  left: true,
  "limit-met": true,
  "local-health-changed": true,
  "member-changed": true,
  "member-reaped": true,
  "member-updated": true,
  "name-conflict": true,
  "newcomer-rejected": true,
  "panic-began": true,
  "panic-ended": true,
  "notices-dropped": true,
  "path-short": true,
  "probe-round-failed": true,
  query: true,
  "reached-through": true,
  "readiness-changed": true,
  refuted: true,
  "seeds-wanted": true,
  stalled: true,
  "suspicion-cleared": true,
  "death-contradicted": true,
  "sync-finished": true,
  "user-event": true,
};
type PrivateKind = "view-fetched" | "view-unreachable" | "query-answered" | "query-ended";

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
      const nearest = nearestName(event, Object.keys(KINDS));
      return `asks for "${event}", which is no event${nearest === undefined ? "" : ` (did you mean ${nearest}?)`}`;
    }
    if (name !== null && event !== "user-event" && event !== "query") {
      return `asks for "${word}", but only user-event and query have names`;
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

function isEventKind(word: string): word is keyof typeof KINDS {
  return Object.hasOwn(KINDS, word);
}
