import type { ConsumerRecord } from "../run-record.ts";
import { formatSeconds, formatSpread } from "./amounts.ts";

/** Who decided what, and what that came to: title row first; no rows without consumers. */
export function consumerRows(consumers: readonly ConsumerRecord[]): string[][] {
  if (consumers.length === 0) return [];
  const titles = ["crash known after", "false alarms", "wrongly out", "least in use"];
  return [
    ["who decided", ...titles],
    ...consumers.map(({ name, members, figures }) => [
      name,
      crashKnown(figures),
      String(figures.falseAlarms),
      formatSeconds(figures.wronglyOutMs),
      figures.least === null ? "-" : `${figures.least} of ${members.length}`,
    ]),
  ];
}

function crashKnown({ crashesKnownMs, crashesUnknown }: ConsumerRecord["figures"]): string {
  if (crashesUnknown > 0) {
    return crashesKnownMs.length === 0 ? "not in time" : `${crashesUnknown} not in time`;
  }
  return crashesKnownMs.length === 0 ? "-" : formatSpread(crashesKnownMs);
}
