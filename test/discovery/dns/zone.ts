import type { ServiceAnswer, ServiceQuery } from "../../../src/discovery/directory/live-query.ts";
import type { DnsZone } from "../../../src/discovery/dns/dns-answer.ts";
import { type Instance, selectEndpoints } from "../../../src/discovery/select-endpoints.ts";
import { instance } from "../builders.ts";

const POLICY = { panicShare: 0.5, isIsolated: false, phiSuspect: 8 };

/** A zone of the service `web` at these instances, whose members are its nodes, too. */
export function zoneOf(instances: readonly Instance[], more: Partial<DnsZone> = {}): DnsZone {
  return {
    hostOf: (name: string) => instances.find(({ member }) => isSame(member, name))?.host,
    ask: (query: ServiceQuery): ServiceAnswer => {
      const known = query.service === "web" ? instances : [];
      return {
        service: query.service,
        index: 1,
        panicSince: null,
        ...selectEndpoints(known, query, POLICY),
      };
    },
    isWhole: () => true,
    random: () => 0,
    ttlS: 0,
    ...more,
  };
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** So many instances on hosts of their own. */
export function instances(count: number): Instance[] {
  return Array.from({ length: count }, (_, at) => instance(`n${at}`, { host: `10.0.0.${at + 1}` }));
}
