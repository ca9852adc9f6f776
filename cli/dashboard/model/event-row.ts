import type { EventBody } from "../../../src/control/api-types.ts";
import { STALL_WORTH_MS } from "../../../src/events/catalogue.ts";
import { eventText } from "../../../src/events/events.ts";
import { formatPhi, formatTimeOfDay } from "../../../src/text/quantities.ts";
import { kindOfCause, tellKind } from "../../../src/text/silence.ts";
import type { Tone } from "../theme/theme.ts";

export interface EventRow {
  /** `12:04:29.812`. */
  readonly time: string;
  /** The member it is about; `--` for the node itself. */
  readonly subject: string;
  readonly text: string;
  readonly tone: Tone;
}

/** The events worth a line: syncs and short stalls are left out. `hearsay events` has them all. */
export function timeline(events: readonly EventBody[]): readonly EventBody[] {
  return events.filter(
    (event) =>
      event.event !== "sync-finished" &&
      (event.event !== "stalled" || event.stalledMs >= STALL_WORTH_MS),
  );
}

/** An event in the words of the daemon's own log, with the member it is about apart. */
export function eventRow(event: EventBody): EventRow {
  return {
    time: formatTimeOfDay(event.time),
    subject: "member" in event ? event.member : "--",
    text: event.event === "member-changed" ? tellChange(event) : eventText(event),
    tone: toneOf(event),
  };
}

/** Shorter than in the log, with phi before the long number: where lines are short, their ends are cut off. */
function tellChange(event: Extract<EventBody, { readonly event: "member-changed" }>): string {
  const { from, to, by, cause, reason, incarnation } = event;
  const kind = kindOfCause(cause);
  const silence = kind === null ? "" : ` (${tellKind(kind)})`;
  const phi = event.phi === null ? "" : `, φ ${formatPhi(event.phi)}`;
  return `${from ?? "new"} → ${to}${silence}  by ${by}: ${reason}${phi}, incarnation ${incarnation}`;
}

function toneOf(event: EventBody): Tone {
  if (event.event === "member-changed") return event.to === "forgotten" ? "left" : event.to;
  if (event.event === "isolated-changed" || event.event === "stalled") return "warning";
  return event.event === "accused" ? "suspect" : "plain";
}
