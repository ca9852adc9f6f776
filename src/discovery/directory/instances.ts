import { isPresent, type MemberName, type MemberState, type Millis } from "../../core/member.ts";
import type { MemberExplanation, MemberSnapshot, NodeSnapshot } from "../../core/snapshot.ts";
import type { Instance } from "../select-endpoints.ts";

/** Long enough for any partition that an operator would sit out, too short for an autoscaler's leftovers to gather. */
export const DEAD_KNOWN_MS_DEFAULT: Millis = 600_000;

/** The instances of every service, by its name in lower case, as DNS compares names. */
export type InstancesByService = ReadonlyMap<string, readonly Instance[]>;

/** What a node knows of one member beside its snapshot; undefined where it knows none of that name. */
export type Explain = (
  member: MemberName,
) => Pick<MemberExplanation, "observers" | "suspicion"> | undefined;

/** By member, in lower case. */
export type HostsByMember = ReadonlyMap<string, string | undefined>;

/**
 * What a node knows of services. Members that left have withdrawn theirs; those dead for `deadKnownMs` are given up, so
 * that a cluster that shrinks does not remember servers that are gone for good (as Eureka once did).
 */
export function instancesByService(
  { members, self }: NodeSnapshot,
  deadKnownMs: Millis,
  explain: Explain,
): InstancesByService {
  const found = new Map<string, Instance[]>();
  const states = new Map<MemberName, MemberState>();
  const isPresentNow = (member: MemberName) => {
    if (states.size === 0) for (const { record, state } of members) states.set(record.name, state);
    return isPresent(states.get(member) ?? "forgotten");
  };
  const facts = { deadKnownMs, selfName: self.name, isPresentNow, explain };
  for (const member of members) {
    for (const instance of instancesOf(member, facts)) {
      const key = instance.service.name.toLowerCase();
      const others = found.get(key);
      if (others === undefined) found.set(key, [instance]);
      else others.push(instance);
    }
  }
  return found;
}

/**
 * The hosts of all members that did not leave, by name in lower case. Members on several hosts whose names differ only in
 * case are one name to DNS and its caches: it has no host, rather than now one and now the other.
 */
export function hostsByMember({ members }: NodeSnapshot): HostsByMember {
  const hosts = new Map<string, string | undefined>();
  for (const { record, state } of members) {
    if (state === "left" || state === "forgotten") continue;
    const key = record.name.toLowerCase();
    const { host } = record.endpoint;
    hosts.set(key, hosts.has(key) && hosts.get(key) !== host ? undefined : host);
  }
  return hosts;
}

interface Facts {
  readonly deadKnownMs: Millis;
  readonly selfName: MemberName;
  /** Words of those who are gone do not count. */
  readonly isPresentNow: (member: MemberName) => boolean;
  readonly explain: Explain;
}

function instancesOf(member: MemberSnapshot, facts: Facts): Instance[] {
  const { deadKnownMs, selfName } = facts;
  const { record, state, stateForMs, phi, slowness, rttMs } = member;
  const { reachedThrough, accusers, silence, refused } = member;
  if (state === "left" || state === "forgotten") return [];
  if (state === "dead" && stateForMs >= deadKnownMs) return [];
  // What this node alone was told may be the word of its own filter.
  const isCrashed = refused && (state === "dead" || accusers.some((name) => name !== selfName));
  const frozenSay = silence === "frozen" ? countFrozen(record.name, facts) : NOBODY;
  return record.services.map((service) => ({
    member: record.name,
    host: record.endpoint.host,
    service,
    state,
    stateForMs,
    phi,
    slowness,
    rttMs: record.name === selfName ? 0 : (rttMs?.mean ?? null),
    reachedThrough,
    accusers,
    silence,
    frozenSay,
    refused,
    isCrashed,
  }));
}

const NOBODY: Instance["frozenSay"] = Object.freeze({ accusers: 0, observers: 0 });

function countFrozen(member: MemberName, { explain, isPresentNow }: Facts): Instance["frozenSay"] {
  const explained = explain(member);
  if (explained?.suspicion == null) return NOBODY;
  const accusations = explained.suspicion.accusations.filter(({ accuser }) =>
    isPresentNow(accuser),
  );
  const frozen = accusations.filter(({ evidence }) => evidence === "frozen");
  // A node that watches the member for a consumer accuses it without being one of its ring.
  const observers = new Set([...explained.observers, ...accusations.map(({ accuser }) => accuser)]);
  return { accusers: frozen.length, observers: observers.size };
}
