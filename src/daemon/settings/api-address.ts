import { isIP } from "node:net";
import { type ApiAddress, formatApiAddress, isSocketPath } from "../../control/api-address.ts";
import { type Endpoint, formatEndpoint } from "../../core/member.ts";
import { isLoopback, isWildcard } from "./host-port.ts";

/** Where a client of this node finds the API that listens at `bound`: on all addresses, it is at the advertised one. */
export function boundApiAddress(bound: ApiAddress, advertised: Endpoint): string {
  if (isSocketPath(bound)) return formatApiAddress(bound);
  const host = isWildcard(bound.host) ? advertised.host : bound.host;
  return formatEndpoint({ host, port: bound.port });
}

/**
 * The address of the API as the other members are told it; null where they could not use it. A loopback address means
 * another machine to each who reads it: it is told only where gossip is on loopback too, so that all members share a machine.
 */
export function apiAddressForOthers(bound: ApiAddress, advertised: Endpoint): string | null {
  if (isSocketPath(bound)) return null;
  if (isLoopback(bound.host) && !isLoopback(advertised.host)) return null;
  // Who listens on all IPv4 addresses cannot be reached at an IPv6 one; the other way round, `::` takes both.
  if (bound.host === "0.0.0.0" && isIP(advertised.host) === 6) return null;
  return boundApiAddress(bound, advertised);
}
