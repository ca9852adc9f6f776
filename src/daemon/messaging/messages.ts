import type { QueryBody, QueryRequest, UserEventRequest } from "../../control/message-types.ts";
import type { ControlledMessages } from "../../control/node-api.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Input } from "../../core/input.ts";
import type { Millis } from "../../core/member.ts";
import {
  isName,
  isPayload,
  NAME_BYTES_MAX,
  PAYLOAD_BYTES_MAX,
  QUERY_TIMEOUT_MS_MAX,
  QUERY_TIMEOUT_MS_MIN,
} from "../../wire/limits.ts";
import type { QueryCoordinator } from "./query-coordinator.ts";

/** What user events and queries need of the node. */
export interface MessagesOptions {
  readonly coordinator: QueryCoordinator;
  readonly submit: (input: Input) => void;
  /** Notices that this node still has to pass on. */
  readonly noticesOwed: () => number;
}

/** Fewer than pings and acks look after (64): a node that floods its cluster then loses none of it to a lost datagram. */
const OWED_MAX = 48;
const TIMEOUT_MS_DEFAULT: Millis = 5000;

/** What this node sends to all members, checked here for every caller. */
export class Messages implements ControlledMessages {
  private readonly options: MessagesOptions;

  constructor(options: MessagesOptions) {
    this.options = options;
  }

  readonly busyWith = (): string | undefined => {
    const owed = this.options.noticesOwed();
    if (owed >= OWED_MAX) {
      return `this node still has ${owed} events and queries to pass on; try again in a moment`;
    }
    return this.options.coordinator.isFull
      ? "too many queries of this node are open; try again in a moment"
      : undefined;
  };

  /** @throws ConfigError for a name or a payload that cannot travel */
  tell(event: UserEventRequest): void {
    this.options.submit({ kind: "send-user-event", ...checked("event", event) });
  }

  /** @throws ConfigError, as a rejection, for a name, a payload or a deadline that cannot travel */
  async ask(query: QueryRequest, signal?: AbortSignal): Promise<QueryBody> {
    const { timeoutMs = TIMEOUT_MS_DEFAULT } = query;
    const isTime = Number.isInteger(timeoutMs) && timeoutMs >= QUERY_TIMEOUT_MS_MIN;
    if (!isTime || timeoutMs > QUERY_TIMEOUT_MS_MAX) {
      const range = `${QUERY_TIMEOUT_MS_MIN} to ${QUERY_TIMEOUT_MS_MAX}`;
      throw new ConfigError(`timeoutMs: ${timeoutMs} must be a whole number of ms from ${range}`);
    }
    return this.options.coordinator.ask({ ...checked("query", query), timeoutMs }, signal);
  }
}

function checked(what: "event" | "query", { name, payload = "" }: UserEventRequest) {
  if (!isName(name)) {
    const shown = JSON.stringify(name.slice(0, NAME_BYTES_MAX));
    throw new ConfigError(
      `name: the ${what} ${shown} must be called by 1 to ${NAME_BYTES_MAX} characters of A-Z a-z 0-9 . _ -`,
    );
  }
  if (!isPayload(payload)) {
    const bytes = Buffer.byteLength(payload);
    throw new ConfigError(
      `payload: ${bytes} bytes must be text of at most ${PAYLOAD_BYTES_MAX} bytes of UTF-8; ` +
        "send a reference to what is larger",
    );
  }
  return { name, payload };
}
