import type { PublicEvent } from "../../../control/api-types.ts";

type Kind = PublicEvent["event"];
/** What answers a request of the control API, and is told to nobody else. */
type PrivateKind = "view-fetched" | "view-unreachable" | "query-answered" | "query-ended";

/** Fields with a single value; a pattern cannot compare lists. */
type SingleField<E> = {
  [F in keyof E]: E[F] extends string | number | boolean | null ? F : never;
}[keyof E];

type FieldsOf<K extends Kind> = Readonly<
  Record<Exclude<SingleField<Extract<PublicEvent, { readonly event: K }>>, "event">, true>
>;

/** What a pattern may ask for, by the kind of the event; the compiler demands the whole list. */
const FIELDS: { readonly [K in Exclude<Kind, PrivateKind>]: FieldsOf<K> } = {
  accused: { member: true, accuser: true, evidence: true, incarnation: true, phi: true },
  "claim-refused": { member: true, by: true, incarnation: true },
  "faults-changed": { cause: true, rules: true, forMs: true, what: true },
  "health-changed": { service: true, from: true, to: true, output: true },
  "isolated-changed": { isolated: true, silentMs: true },
  "join-refused": { mine: true, theirs: true, isByAll: true },
  joined: { through: true, members: true, tookMs: true },
  left: { acked: true, told: true },
  "limit-met": { limit: true, max: true },
  "local-health-changed": { score: true },
  "member-changed": {
    ...{ member: true, from: true, to: true, incarnation: true },
    ...{ by: true, cause: true, reason: true, phi: true },
  },
  "member-reaped": { member: true },
  "member-updated": { member: true, incarnation: true },
  "name-conflict": { otherStartId: true, mustYield: true },
  "newcomer-rejected": { member: true },
  "panic-began": { service: true, reason: true, share: true },
  "panic-ended": { service: true, lastedMs: true },
  "notices-dropped": { dropped: true },
  "path-short": { peer: true, bytes: true },
  "probe-round-failed": { member: true, phi: true, nacks: true, outcome: true },
  query: { origin: true, startId: true, seq: true, name: true, payload: true, leftMs: true },
  "reached-through": { member: true, through: true },
  "readiness-changed": { notYet: true, forMs: true },
  refuted: { incarnation: true, rumour: true, by: true },
  "seeds-wanted": { attempt: true },
  stalled: { stalledMs: true },
  "suspicion-cleared": { member: true, cause: true },
  "death-contradicted": { member: true, by: true },
  "sync-finished": { peer: true, outcome: true, received: true, pushed: true },
  "user-event": { origin: true, startId: true, seq: true, name: true, payload: true },
};

export const EVENT_KINDS: readonly string[] = Object.keys(FIELDS);

/** Names of the fields that this kind of event has; undefined where there is no such kind. */
export function eventFields(kind: string): readonly string[] | undefined {
  return Object.hasOwn(FIELDS, kind) ? Object.keys(FIELDS[kind as keyof typeof FIELDS]) : undefined;
}
