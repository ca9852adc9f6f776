import type { PublicEvent } from "../control/api-types.ts";
import { describeNotYet } from "../control/not-yet.ts";
import { formatEndpoint, type MemberState } from "../core/member.ts";

/** Puts the state that a member has now into a line; a screen may do it in colour. */
export type StateWriter = (state: MemberState) => string;

/** One event as one readable line, without its time. */
export function describeEvent(event: PublicEvent, writeState?: StateWriter): string {
  const text = eventText(event, writeState);
  return "member" in event ? `${event.member}  ${text}` : text;
}

/** The same without the member that it is about, for where that one has a column. */
export function eventText(event: PublicEvent, writeState: StateWriter = (state) => state): string {
  switch (event.event) {
    case "member-changed": {
      const phi = event.phi === null ? "" : `, phi ${event.phi.toFixed(1)}`;
      const change = `${event.from ?? "unknown"} → ${writeState(event.to)}`;
      return `${change}  by ${event.by}: ${event.reason} (incarnation ${event.incarnation}${phi})`;
    }
    case "member-updated":
      return `changed its record (incarnation ${event.incarnation})`;
    case "member-reaped":
      return `forgotten: its tombstone is old enough`;
    case "accused":
      return `accused by ${event.accuser}: ${event.evidence}, phi ${event.phi.toFixed(1)}`;
    case "claim-refused":
      return `${event.member}  is not believed to be at incarnation ${event.incarnation}, as ${event.by} said`;
    case "suspicion-cleared":
      return `suspicion cleared: ${event.cause}`;
    case "death-contradicted":
      return `lives: ${event.by} said that it is dead, and this node heard it`;
    case "refuted":
      return `refuted that this node is ${event.rumour}, as ${event.by} said (incarnation ${event.incarnation})`;
    case "reached-through":
      return `answers ${event.through}, but not this node`;
    case "probe-round-failed":
      return (
        `probe round failed, phi ${event.phi.toFixed(1)}, ` +
        `helpers ${event.helpers.join(" ") || "none"}, nacks ${event.nacks}: ${event.outcome}`
      );
    default:
      return describeOwnEvent(event);
  }
}

type MemberEvents =
  | "member-changed"
  | "member-updated"
  | "member-reaped"
  | "accused"
  | "claim-refused"
  | "suspicion-cleared"
  | "death-contradicted"
  | "refuted"
  | "reached-through"
  | "probe-round-failed";

function describeOwnEvent(event: Exclude<PublicEvent, { readonly event: MemberEvents }>): string {
  switch (event.event) {
    case "isolated-changed":
      return event.isolated
        ? `isolated: nothing heard from anybody for ${seconds(event.silentMs)}; nobody will be declared dead`
        : `no longer isolated, after ${seconds(event.silentMs)}`;
    case "readiness-changed":
      return event.notYet === null
        ? `the view is whole, after ${seconds(event.forMs)}`
        : `the view may lack members: ${describeNotYet(event.notYet)}`;
    case "stalled":
      return `this process did not run for ${seconds(event.stalledMs)}; its clocks were moved by that`;
    case "local-health-changed":
      return `local health is ${event.score} of 8 (0 is healthy)`;
    case "seeds-wanted":
      return `dialling the join addresses (attempt ${event.attempt})`;
    case "joined":
      return `joined through ${event.through}: ${event.members} members in ${seconds(event.tookMs)}`;
    case "join-refused":
      return (
        `join refused by ${formatEndpoint(event.from)}: it runs profile ${event.theirs}, this node ${event.mine}; ` +
        (event.isByAll ? `start with --profile ${event.theirs}` : "trying the other addresses")
      );
    case "sync-finished":
      return `sync with ${event.peer} ${event.outcome}: received ${event.received}, pushed ${event.pushed}`;
    case "name-conflict":
      return (
        `another process with this name runs at ${formatEndpoint(event.other)} (this one: ` +
        `${formatEndpoint(event.mine)}); ${event.mustYield ? "it keeps the name, so this one ends" : "this one keeps the name"}`
      );
    case "newcomer-rejected":
      return (
        `lives at ${formatEndpoint(event.holder)}; ` +
        `a newcomer of that name at ${formatEndpoint(event.newcomer)} was rejected`
      );
    case "notices-dropped":
      return (
        `too many user events and queries at once: ${event.dropped} since the start were not passed on as often as they ` +
        "should be, and may be lost; send fewer at a time"
      );
    case "path-short":
      return (
        `${event.peer}  at ${formatEndpoint(event.at)} gets no datagrams of the usual length through: its view came in pages ` +
        `of ${event.bytes} bytes; raise the MTU of the path, or expect slow joins over it`
      );
    case "view-fetched":
      return `told its view of ${event.entries.length} members`;
    case "view-unreachable":
      return `did not answer the request for its view`;
    case "limit-met":
      return event.limit === "membersMax"
        ? `the table is full: ${event.max} members are present (membersMax), newcomers are not taken in`
        : `${event.max} members are remembered as dead, left or forgotten (tombstonesMax): the oldest are dropped`;
    case "faults-changed":
      return describeFaults(event);
    case "panic-began":
      return `${event.service}: panic, all its known endpoints come back (${event.reason})`;
    case "panic-ended":
      return `${event.service}: panic over after ${seconds(event.lastedMs)}`;
    case "health-changed":
      return `${event.service}: health ${event.from} → ${event.to}: ${event.output}`;
    case "user-event":
      return `event ${event.name} from ${event.origin}${payloadText(event.payload)}`;
    case "query":
      return `query ${event.name} from ${event.origin}${payloadText(event.payload)}`;
    case "query-answered":
      return `answered a query`;
    case "query-ended":
      return `a query ended; ${event.silent.length} members were silent`;
    case "left":
      return `said goodbye: ${event.acked} of ${event.told} members acknowledged`;
  }
}

function describeFaults({
  cause,
  rules,
  forMs,
  what,
}: PublicEvent & { readonly event: "faults-changed" }): string {
  if (cause === "healed") return "FAULTS: healed by request";
  if (cause === "expired") return "FAULTS: healed by themselves, their time to live is over";
  const count = rules === 1 ? "1 rule" : `${rules} rules`;
  return `FAULTS: ${count} for ${seconds(forMs ?? 0)}: ${what}`;
}

const PAYLOAD_SHOWN = 120;

/** As JSON, so that no payload can move a terminal's cursor. */
function payloadText(payload: string): string {
  if (payload === "") return "";
  const text = JSON.stringify(payload);
  return `: ${text.length > PAYLOAD_SHOWN ? `${text.slice(0, PAYLOAD_SHOWN)}…` : text}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
