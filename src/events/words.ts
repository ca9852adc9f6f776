import type { PublicEvent } from "../control/api-types.ts";

const PAYLOAD_SHOWN = 120;

/** What changed in the rules of the fault gate. */
export function describeFaults({
  cause,
  rules,
  forMs,
  what,
}: Extract<PublicEvent, { readonly event: "faults-changed" }>): string {
  if (cause === "healed") return "FAULTS: healed by request";
  if (cause === "expired") return "FAULTS: healed by themselves, their time to live is over";
  const count = rules === 1 ? "1 rule" : `${rules} rules`;
  return `FAULTS: ${count} for ${seconds(forMs ?? 0)}: ${what}`;
}

/** As JSON, so that no payload can move a terminal's cursor; 120 characters at most. */
export function payloadText(payload: string): string {
  if (payload === "") return "";
  const text = JSON.stringify(payload);
  return `: ${text.length > PAYLOAD_SHOWN ? `${text.slice(0, PAYLOAD_SHOWN)}…` : text}`;
}

/** A span in seconds, such as `1.50 s` or `12.3 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
