import type { EventBody } from "../control/api-types.ts";
import type { LogLevel } from "./daemon-log.ts";

/** What is not worth a line unless something is being looked into; `debug` shows it. */
const QUIET: ReadonlySet<EventBody["event"]> = new Set([
  "accused",
  "claim-refused",
  "local-health-changed",
  "member-updated",
  "probe-round-failed",
  "reached-through",
  "seeds-wanted",
  "suspicion-cleared",
  "sync-finished",
  "view-fetched",
  "view-unreachable",
]);
const LOUD: ReadonlySet<EventBody["event"]> = new Set([
  "faults-changed",
  "isolated-changed",
  "join-refused",
  "limit-met",
  "name-conflict",
  "notices-dropped",
  "path-short",
  "newcomer-rejected",
  "panic-began",
  "stalled",
]);

/** A busy machine stalls every process a little; from here on it costs local health. */
const STALL_WORTH_MS = 250;

/** How loud an event is: what is worth a line, and a handler of the operator, is more than debug. */
export function levelOf(body: EventBody): LogLevel {
  if (body.event === "stalled" && body.stalledMs < STALL_WORTH_MS) return "debug";
  if (QUIET.has(body.event)) return "debug";
  return LOUD.has(body.event) ? "warn" : "info";
}
