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

/** What is usually behind an error of the system with which it does not take datagrams. */
const SEND_HINTS: Readonly<Record<string, string>> = {
  EPERM: ": a firewall of this machine forbids them",
  EACCES: ": a firewall of this machine forbids them, or the address is a broadcast",
  ENOBUFS: ": the network device has no room",
  ENETUNREACH: ": there is no route",
  EHOSTUNREACH: ": there is no route",
  EMSGSIZE: ": they are too large for the path",
  EADDRNOTAVAIL: ": the address of bind is no longer this machine's",
};

/** What the process runs out of, what that means, and what to do. */
export function describeShortage({
  resource,
  maxBytes,
}: Extract<PublicEvent, { readonly event: "running-short" }>): string {
  if (resource === "files") {
    return "no more files can be opened: clients of the API and other connections are closed at once; raise the limit (ulimit -n, LimitNOFILE)";
  }
  const max = `${Math.round((maxBytes ?? 0) / 1024 ** 2)} MiB`;
  return resource === "heap"
    ? `more than nine tenths of the heap are in use, of ${max}: when it is full, the process ends; give it more (NODE_OPTIONS=--max-old-space-size), or lower --members-max`
    : `more than nine tenths of the memory are in use that its control group allows, ${max}: beyond it the kernel ends the process; allow more, or lower --members-max`;
}

/** Datagrams that the system did not take, and why that usually is. */
export function describeSendFailure({
  code,
  datagrams,
}: Extract<PublicEvent, { readonly event: "send-failed" }>): string {
  const what = datagrams === 1 ? "a datagram" : `${datagrams} datagrams`;
  return `the system did not take ${what} (${code})${SEND_HINTS[code] ?? ""}`;
}
