import type { EventBody } from "../../src/control/api-types.ts";
import { describeEvent } from "../../src/events/events.ts";
import { formatTimeOfDay } from "../../src/text/quantities.ts";
import { safeLine } from "../../src/text/safe-text.ts";
import { paint, paintState, type TextStyle } from "./text-style.ts";

/** One line: time, whom it is about, what happened and why, in the words of the daemon's own log. */
export function formatEvent(style: TextStyle, event: EventBody): string {
  const time = paint(style, "gray", formatTimeOfDay(event.time));
  const text = describeEvent(event, (state) => paintState(style, state));
  return `${time}  ${safeLine(text, style)}`;
}
