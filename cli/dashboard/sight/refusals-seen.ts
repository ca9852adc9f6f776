import type { EventBody } from "../../../src/control/api-types.ts";

/** Members whose last accusation or death was a refusal by their host, by the events that are held. */
export function refusalsSeen(events: readonly EventBody[]): ReadonlySet<string> {
  const refused = new Set<string>();
  for (const event of events) {
    if (event.event === "accused" && event.evidence === "refused") refused.add(event.member);
    if (event.event !== "member-changed") continue;
    if (event.cause.startsWith("refused")) refused.add(event.member);
    else if (event.to === "alive") refused.delete(event.member);
  }
  return refused;
}
