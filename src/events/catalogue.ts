import type { PublicEvent } from "../control/api-types.ts";
import { formatEndpoint, type MemberState } from "../core/member.ts";
import { describeNotYet } from "../text/not-yet.ts";
import { kindOfCause, tellKind } from "../text/silence.ts";
import {
  describeFaults,
  describeSendFailure,
  describeShortage,
  payloadText,
  seconds,
} from "./words.ts";

/** The name of an event, as scripts know it. */
export type EventKind = PublicEvent["event"];

/** How loud an event is in the log. */
export type EventLevel = "debug" | "info" | "warn";

/** Puts the state that a member has now into a line; a screen may do it in colour. */
export type StateWriter = (state: MemberState) => string;

/** What answers a request of the control API: the log, handlers and scenarios do not have it. */
type AnswerKind = "view-fetched" | "view-unreachable" | "query-answered" | "query-ended";

type EventOf<K extends EventKind> = Extract<PublicEvent, { readonly event: K }>;

/** Fields with a single value; a pattern cannot compare lists. */
type SingleField<E> = {
  [F in keyof E]: E[F] extends string | number | boolean | null ? F : never;
}[keyof E];

/** All that is said of one kind of event beside its type. */
interface EventEntry<K extends EventKind> {
  /** `debug`: not worth a line, and no handler, unless something is being looked into. */
  readonly level: EventLevel | ((event: EventOf<K>) => EventLevel);
  /**
   * What a scenario's pattern may ask for; the compiler demands the whole list. Null for answers.
   */
  readonly fields: K extends AnswerKind
    ? null
    : Readonly<Record<Exclude<SingleField<EventOf<K>>, "event">, true>>;
  /** One line for people, without the time and the member that the event is about. */
  readonly text: (event: EventOf<K>, writeState: StateWriter) => string;
}

/** A busy machine stalls every process a little; from here on, in ms, it costs local health. */
export const STALL_WORTH_MS = 250;

/** What a guest in a foreign pool says when it hears nobody. */
const CUT_OFF_CLAUSES = {
  silence: "cut off: no member of the pool answers this guest, and none refuses",
  unreachable: "cut off: this machine has no way to the pool",
  refused: "the pool is gone: the host of every member says that its process is gone",
} as const;

/** The one list of events: a new kind is its type in `src/core/effect.ts` and its entry here. */
export const EVENTS: { readonly [K in EventKind]: EventEntry<K> } = {
  accused: {
    level: "debug",
    fields: { member: true, accuser: true, evidence: true, incarnation: true, phi: true },
    text: ({ accuser, evidence, phi }) =>
      `accused by ${accuser}: ${tellKind(evidence)}, phi ${phi.toFixed(1)}`,
  },
  "claim-refused": {
    level: "debug",
    fields: { member: true, by: true, incarnation: true },
    text: ({ member, incarnation, by }) =>
      `${member}  is not believed to be at incarnation ${incarnation}, as ${by} said`,
  },
  "faults-changed": {
    level: "warn",
    fields: { cause: true, rules: true, forMs: true, what: true },
    text: describeFaults,
  },
  "guest-cut-off": {
    level: "warn",
    fields: { why: true, silentMs: true },
    text: ({ why, silentMs }) => `${CUT_OFF_CLAUSES[why]}, for ${seconds(silentMs)}`,
  },
  "health-changed": {
    level: "info",
    fields: { service: true, from: true, to: true, output: true },
    text: ({ service, from, to, output }) => `${service}: health ${from} → ${to}: ${output}`,
  },
  "isolated-changed": {
    level: "warn",
    fields: { isolated: true, silentMs: true },
    text: ({ isolated, silentMs }) =>
      isolated
        ? `isolated: no other member heard for ${seconds(silentMs)}; none will be declared dead`
        : `no longer isolated, after ${seconds(silentMs)}`,
  },
  "join-refused": {
    level: "warn",
    fields: { mine: true, theirs: true, isByAll: true },
    text: ({ from, theirs, mine, isByAll }) =>
      `join refused by ${formatEndpoint(from)}: it runs profile ${theirs}, this node ${mine}; ` +
      (isByAll ? `start with --profile ${theirs}` : "trying the other addresses"),
  },
  joined: {
    level: "info",
    fields: { through: true, members: true, tookMs: true },
    text: ({ through, members, tookMs }) =>
      `joined through ${through}: ${members} members in ${seconds(tookMs)}`,
  },
  left: {
    level: "info",
    fields: { acked: true, told: true },
    text: ({ acked, told }) => `said goodbye: ${acked} of ${told} members acknowledged`,
  },
  "limit-met": {
    level: "warn",
    fields: { limit: true, max: true },
    text: ({ limit, max }) =>
      limit === "membersMax"
        ? `the table is full: ${max} members are present (membersMax), newcomers are not accepted`
        : `${max} members are remembered as dead, left or forgotten (tombstonesMax): the oldest are dropped`,
  },
  "send-failed": {
    level: "warn",
    fields: { code: true, datagrams: true },
    text: describeSendFailure,
  },
  "datagrams-limited": {
    level: "warn",
    fields: { from: true, datagrams: true },
    text: ({ from, datagrams }) =>
      `${from} sends more datagrams than are read of one address: ${datagrams} not read`,
  },
  "running-short": {
    level: "warn",
    fields: { resource: true, maxBytes: true, looks: true },
    text: describeShortage,
  },
  "local-health-changed": {
    level: "debug",
    fields: { score: true },
    text: ({ score }) => `local health is ${score} of 8 (0 is healthy)`,
  },
  "member-changed": {
    level: "info",
    fields: {
      ...{ member: true, from: true, to: true, incarnation: true },
      ...{ by: true, cause: true, reason: true, phi: true },
    },
    text: ({ from, to, by, cause, reason, incarnation, phi }, writeState) => {
      const kind = kindOfCause(cause);
      const silence = kind === null ? "" : ` (${tellKind(kind)})`;
      const change = `${from ?? "unknown"} → ${writeState(to)}${silence}`;
      const level = phi === null ? "" : `, phi ${phi.toFixed(1)}`;
      return `${change}  by ${by}: ${reason} (incarnation ${incarnation}${level})`;
    },
  },
  "member-reaped": {
    level: "info",
    fields: { member: true },
    text: () => "forgotten: its tombstone has expired",
  },
  "member-updated": {
    level: "debug",
    fields: { member: true, incarnation: true },
    text: ({ incarnation }) => `changed its record (incarnation ${incarnation})`,
  },
  "name-conflict": {
    level: "warn",
    fields: { otherStartId: true, mustYield: true },
    text: ({ other, mine, mustYield }) =>
      `another process with this name runs at ${formatEndpoint(other)} (this one: ` +
      `${formatEndpoint(mine)}); ${mustYield ? "it keeps the name, so this one ends" : "this one keeps the name"}`,
  },
  "newcomer-rejected": {
    level: "warn",
    fields: { member: true },
    text: ({ holder, newcomer }) =>
      `lives at ${formatEndpoint(holder)}; ` +
      `a newcomer of that name at ${formatEndpoint(newcomer)} was rejected`,
  },
  "panic-began": {
    level: "warn",
    fields: { service: true, reason: true, share: true },
    text: ({ service, reason }) =>
      `${service}: panic, all its known endpoints come back (${reason})`,
  },
  "panic-ended": {
    level: "info",
    fields: { service: true, lastedMs: true },
    text: ({ service, lastedMs }) => `${service}: panic over after ${seconds(lastedMs)}`,
  },
  "notices-dropped": {
    level: "warn",
    fields: { dropped: true },
    text: ({ dropped }) =>
      `too many user events and queries at once: ${dropped} since the start were not passed on as often as they ` +
      "should be, and may be lost; send fewer at a time",
  },
  "path-changed": {
    level: ({ ok }) => (ok ? "info" : "warn"),
    fields: { from: true, to: true, ok: true },
    text: ({ from, to, ok }) => `path ${from} → ${to} is ${ok ? "up" : "down"}`,
  },
  "path-short": {
    level: "warn",
    fields: { peer: true, bytes: true },
    text: ({ peer, at, bytes }) =>
      `${peer}  at ${formatEndpoint(at)}: it answers requests of ${bytes} bytes, and none of full length that was sent ` +
      "beside them; raise the MTU of the path, or expect slow joins over it",
  },
  "pool-declared": {
    level: "debug",
    fields: { member: true, by: true },
    text: ({ by }) =>
      by === "?" ? "declared dead, by an unknown member" : `declared dead by ${by}`,
  },
  "probe-round-failed": {
    level: "debug",
    fields: { member: true, phi: true, nacks: true, outcome: true },
    text: ({ phi, helpers, nacks, outcome }) =>
      `probe round failed, phi ${phi.toFixed(1)}, ` +
      `helpers ${helpers.join(" ") || "none"}, nacks ${nacks}: ${outcome}`,
  },
  query: {
    level: "info",
    fields: { origin: true, startId: true, seq: true, name: true, payload: true, leftMs: true },
    text: ({ name, origin, payload }) => `query ${name} from ${origin}${payloadText(payload)}`,
  },
  "reached-through": {
    level: "debug",
    fields: { member: true, through: true },
    text: ({ through }) => `answers ${through}, but not this node`,
  },
  "readiness-changed": {
    level: "info",
    fields: { notYet: true, forMs: true },
    text: ({ notYet, forMs }) =>
      notYet === null
        ? `the view is whole, after ${seconds(forMs)}`
        : `the view may lack members: ${describeNotYet(notYet)}`,
  },
  refuted: {
    level: "info",
    fields: { incarnation: true, rumour: true, by: true },
    text: ({ rumour, by, incarnation }) =>
      `refuted the report of ${by} that this node is ${rumour} (incarnation ${incarnation})`,
  },
  "seeds-wanted": {
    level: "debug",
    fields: { attempt: true },
    text: ({ attempt }) => `dialling the join addresses (attempt ${attempt})`,
  },
  stalled: {
    level: ({ stalledMs }) => (stalledMs < STALL_WORTH_MS ? "debug" : "warn"),
    fields: { stalledMs: true },
    text: ({ stalledMs }) =>
      `this process did not run for ${seconds(stalledMs)}; its clocks were moved by as much`,
  },
  "suspicion-cleared": {
    level: "debug",
    fields: { member: true, cause: true },
    text: ({ cause }) => `suspicion cleared: ${cause}`,
  },
  "death-contradicted": {
    level: "info",
    fields: { member: true, by: true },
    text: ({ by }) => `alive: ${by} declared it dead, but this node heard it`,
  },
  "sync-finished": {
    level: "debug",
    fields: { peer: true, outcome: true, received: true, pushed: true },
    text: ({ peer, outcome, received, pushed }) =>
      `sync with ${peer} ${outcome}: received ${received}, pushed ${pushed}`,
  },
  "user-event": {
    level: "info",
    fields: { origin: true, startId: true, seq: true, name: true, payload: true },
    text: ({ name, origin, payload }) => `event ${name} from ${origin}${payloadText(payload)}`,
  },
  "view-differs": {
    level: "info",
    fields: { member: true },
    text: () => "believes something else than the others",
  },
  "view-fetched": {
    level: "debug",
    fields: null,
    text: ({ entries }) => `sent its view of ${entries.length} members`,
  },
  "view-unreachable": {
    level: "debug",
    fields: null,
    text: () => "did not answer the request for its view",
  },
  "query-answered": { level: "info", fields: null, text: () => "answered a query" },
  "query-ended": {
    level: "info",
    fields: null,
    text: ({ silent }) => `a query ended; ${silent.length} members were silent`,
  },
};
