import type { DaemonEvent } from "../../control/daemon-events.ts";
import { type Endpoint, formatEndpoint } from "../../core/member.ts";
import { sparingly } from "../sparingly.ts";

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
