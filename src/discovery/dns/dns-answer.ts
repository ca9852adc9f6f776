import { isIPv4 } from "node:net";
import type { Answer } from "dns-packet";
import type { ServiceAnswer, ServiceQuery } from "../directory/live-query.ts";
import type { ServiceEndpoint } from "../select-endpoints.ts";
import { addressName, DNS_DOMAIN, nodeName, readName } from "./dns-names.ts";

/** What DNS answers are made of. */
export interface DnsZone {
  /**
   * Numeric address of a member's host, by its name in any case: a dead one's, too, since a panic may point there.
   * Undefined where that name is none of one host alone.
   */
  hostOf(member: string): string | undefined;
  /** The same answer that a consumer gets over HTTP; undefined while there is none. */
  ask(query: ServiceQuery): ServiceAnswer | undefined;
  /** Whether all members are known that the cluster has: only then is a name that is not there no name. */
  isWhole(): boolean;
  /** From 0 to 1, for the order of answers. */
  random(): number;
  readonly ttlS: number;
}

/** Response codes that are used, of RFC 1035, section 4.1.1. */
export type DnsCode = "NOERROR" | "NXDOMAIN" | "REFUSED" | "NOTIMP" | "FORMERR" | "SERVFAIL";

/** The content of a response, whatever it is carried in. */
export interface DnsAnswer {
  readonly code: DnsCode;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
  readonly additionals: readonly Answer[];
}

/** An SRV weight of 16 bits for each weight of a service: HAProxy makes the same weight of it again. */
const SRV_WEIGHT_STEP = 256;

/** What this node has to say about `name`, of that type; shuffled, so that a client that takes the first spreads. */
export function answerQuestion(zone: DnsZone, name: string, type: string): DnsAnswer {
  const meaning = readName(name);
  switch (meaning.kind) {
    case "foreign":
      return plain("REFUSED");
    case "nothing":
      return withSoa("NXDOMAIN", zone);
    case "branch":
      return withSoa("NOERROR", zone);
    case "apex":
      return answerApex(zone, name, type);
    case "address":
      return records(zone, addressRecords(zone, name, [meaning.host], type));
    case "node": {
      if (!zone.isWhole()) return plain("SERVFAIL");
      const host = zone.hostOf(meaning.member);
      if (host === undefined) return withSoa("NXDOMAIN", zone);
      return records(zone, addressRecords(zone, name, [host], type));
    }
    case "service":
      return answerService(zone, name, type, meaning);
  }
}

/** A response without any record. */
export function plain(code: DnsCode): DnsAnswer {
  return { code, answers: [], authorities: [], additionals: [] };
}

function answerService(zone: DnsZone, name: string, type: string, query: ServiceQuery): DnsAnswer {
  const answer = zone.ask({ service: query.service, tag: query.tag });
  // A resolver keeps what it has, or asks another node; a part of the pool it would take for all of it.
  if (answer === undefined) return plain("SERVFAIL");
  const { known, endpoints } = answer;
  if (known === 0) return withSoa("NXDOMAIN", zone);
  const shuffled = shuffle(endpoints, zone);
  const isSrv = type === "SRV" || type === "ANY";
  const hosts = [...new Set(shuffled.map(({ host }) => host))];
  const answers = [
    ...(isSrv ? shuffled.map((endpoint) => srvRecord(zone, name, endpoint)) : []),
    // The names of RFC 2782 are those of services; only the plain ones are names of hosts, too.
    ...(/\._tcp\./i.test(name) ? [] : addressRecords(zone, name, hosts, type)),
  ];
  const additionals = isSrv ? shuffled.map((endpoint) => targetRecord(zone, endpoint)) : [];
  return { ...records(zone, answers), additionals: answers.length === 0 ? [] : additionals };
}

function answerApex(zone: DnsZone, name: string, type: string): DnsAnswer {
  if (type === "SOA" || type === "ANY") return records(zone, [{ ...soa(zone), name }]);
  if (type !== "NS") return withSoa("NOERROR", zone);
  return records(zone, [{ type: "NS", name, ttl: zone.ttlS, data: NAME_SERVER }]);
}

function records(zone: DnsZone, answers: readonly Answer[]): DnsAnswer {
  return answers.length === 0 ? withSoa("NOERROR", zone) : { ...plain("NOERROR"), answers };
}

function withSoa(code: DnsCode, zone: DnsZone): DnsAnswer {
  return { ...plain(code), authorities: [soa(zone)] };
}

const NAME_SERVER = `ns.${DNS_DOMAIN}`;

/** Tells how long "no such name" may be remembered: no longer than an answer. */
function soa({ ttlS }: DnsZone): Answer {
  return {
    type: "SOA",
    name: DNS_DOMAIN,
    ttl: ttlS,
    data: {
      mname: NAME_SERVER,
      rname: `hostmaster.${DNS_DOMAIN}`,
      serial: 1,
      refresh: 3600,
      retry: 600,
      expire: 86_400,
      minimum: ttlS,
    },
  };
}

function addressRecords(
  { ttlS }: DnsZone,
  name: string,
  hosts: readonly string[],
  type: string,
): Answer[] {
  return hosts.flatMap((host): Answer[] => {
    const own = isIPv4(host) ? "A" : "AAAA";
    return type === own || type === "ANY" ? [{ type: own, name, ttl: ttlS, data: host }] : [];
  });
}

function srvRecord(zone: DnsZone, name: string, endpoint: ServiceEndpoint): Answer {
  const { service, weight } = endpoint;
  return {
    type: "SRV",
    name,
    ttl: zone.ttlS,
    data: {
      priority: 1,
      weight: weight * SRV_WEIGHT_STEP - 1,
      port: service.port,
      target: targetName(zone, endpoint),
    },
  };
}

function targetRecord(zone: DnsZone, endpoint: ServiceEndpoint): Answer {
  const { host } = endpoint;
  const type = isIPv4(host) ? "A" : "AAAA";
  return { type, name: targetName(zone, endpoint), ttl: zone.ttlS, data: host };
}

/** A target is a name that this zone answers with the endpoint's own host. */
function targetName(zone: DnsZone, { member, host }: ServiceEndpoint): string {
  return zone.hostOf(member) === host ? nodeName(member, host) : addressName(host);
}

/** In random order (Fisher and Yates). */
function shuffle<T>(items: readonly T[], { random }: DnsZone): T[] {
  const shuffled = [...items];
  for (let at = shuffled.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [shuffled[at], shuffled[other]] = [shuffled[other] as T, shuffled[at] as T];
  }
  return shuffled;
}
