import type { DaemonEvent } from "../../control/api-types.ts";
import { type Endpoint, formatEndpoint, type Millis } from "../../core/member.ts";

const TOLD_EVERY_MS: Millis = 60_000;
/** Speaks of the peer's host, and is evidence there. */
const REFUSED = "ECONNREFUSED";

type Tell = (event: DaemonEvent) => void;

/** Datagrams that the system did not take, as events: the first of a kind at once, then at most once a minute how many. */
export function sendFailures(tell: Tell): (code: string) => void {
  const note = sparingly((code, datagrams) => tell({ kind: "send-failed", code, datagrams }));
  return (code) => {
    if (code !== REFUSED) note(code);
  };
}

/** The same for datagrams that were not read because their address sends too many. */
export function limitedDatagrams(tell: Tell): (from: Endpoint) => void {
  let newest = "";
  const note = sparingly((_, datagrams) =>
    tell({ kind: "datagrams-limited", from: newest, datagrams }),
  );
  return (from) => {
    newest = formatEndpoint(from);
    note("");
  };
}

function sparingly(tell: (kind: string, count: number) => void): (kind: string) => void {
  const kinds = new Map<string, { count: number; toldAtMs: Millis }>();
  return (kind) => {
    const nowMs = performance.now();
    const noted = kinds.get(kind) ?? { count: 0, toldAtMs: Number.NEGATIVE_INFINITY };
    kinds.set(kind, noted);
    noted.count += 1;
    if (nowMs - noted.toldAtMs < TOLD_EVERY_MS) return;
    noted.toldAtMs = nowMs;
    tell(kind, noted.count);
    noted.count = 0;
  };
}
