import type { DaemonEvent } from "../../control/daemon-events.ts";
import { type Endpoint, formatEndpoint, isPresent, type Millis } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import { DatagramLimit } from "../../transport/datagram-limit.ts";
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

/** Whether a datagram from there is read. That of an address which sends too many is not, and told of. */
export function datagramAdmission(
  nowMs: () => Millis,
  snapshot: () => NodeSnapshot,
  tell: Tell,
): (from: Endpoint) => boolean {
  const limit = new DatagramLimit({ nowMs, members: () => presentEndpoints(snapshot()) });
  const noteLimited = limitedDatagrams(tell);
  return (from) => {
    const isAdmitted = limit.admits(from);
    if (!isAdmitted) noteLimited(from);
    return isAdmitted;
  };
}

function presentEndpoints({ members }: NodeSnapshot): Endpoint[] {
  return members.flatMap(({ state, record }) => (isPresent(state) ? [record.endpoint] : []));
}
