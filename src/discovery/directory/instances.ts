import type { MemberName, Millis } from "../../core/member.ts";
import type { MemberSnapshot, NodeSnapshot } from "../../core/snapshot.ts";
import type { Instance } from "../select-endpoints.ts";

/** Long enough for any partition that an operator would sit out, too short for an autoscaler's leftovers to gather. */
export const DEAD_KNOWN_MS_DEFAULT: Millis = 600_000;

/** The instances of every service, by its name in lower case, as DNS compares names. */
export type InstancesByService = ReadonlyMap<string, readonly Instance[]>;

/** By member, in lower case. */
export type HostsByMember = ReadonlyMap<string, string | undefined>;

/**
 * What a node knows of services. Members that left have withdrawn theirs; those dead for `deadKnownMs` are given up, so
 * that a cluster that shrinks does not remember servers that are gone for good (as Eureka once did).
 */
export function instancesByService(
  { members, self }: NodeSnapshot,
  deadKnownMs: Millis,
): InstancesByService {
  const found = new Map<string, Instance[]>();
  for (const member of members) {
    for (const instance of instancesOf(member, deadKnownMs, self.name)) {
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

function instancesOf(
  member: MemberSnapshot,
  deadKnownMs: Millis,
  selfName: MemberName,
): Instance[] {
  const { record, state, stateForMs, phi, rttMs } = member;
  const { reachedThrough, accusers, refused } = member;
  if (state === "left" || state === "forgotten") return [];
  if (state === "dead" && stateForMs >= deadKnownMs) return [];
  // What this node alone was told may be the word of its own filter.
  const isCrashed = refused && (state === "dead" || accusers.some((name) => name !== selfName));
  return record.services.map((service) => ({
    member: record.name,
    host: record.endpoint.host,
    service,
    state,
    stateForMs,
    phi,
    rttMs: record.name === selfName ? 0 : (rttMs?.mean ?? null),
    reachedThrough,
    accusers,
    refused,
    isCrashed,
  }));
}
