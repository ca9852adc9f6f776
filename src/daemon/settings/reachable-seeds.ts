import { isIP } from "node:net";
import { ConfigError } from "../../core/errors.ts";
import { type Endpoint, formatEndpoint } from "../../core/member.ts";
import { type Interfaces, routableAddresses } from "./advertise-address.ts";
import { type HostPort, isLoopback } from "./host-port.ts";

/**
 * Refuses seeds of which none can ever be reached from `bind`: waiting for them would never end. One that may be reached
 * is enough, since lists of seeds are often the same for every node; what a name stands for is known later.
 *
 * @throws ConfigError with the first obstacle
 */
export function requireReachableSeed(
  seeds: readonly HostPort[],
  bind: Endpoint,
  interfaces: Interfaces,
): void {
  const obstacles = seeds.map((seed) => obstacleTo(seed, bind, interfaces));
  const [first] = obstacles;
  if (first === undefined || obstacles.includes(undefined)) return;
  throw new ConfigError(`join: ${first}`);
}

function obstacleTo(seed: HostPort, bind: Endpoint, interfaces: Interfaces): string | undefined {
  const address = formatEndpoint(seed);
  if (seed.port === 0)
    return `${address} has port 0, where nothing can listen; give the gossip port`;
  if (isIP(seed.host) === 0) return undefined;
  if (isLoopback(bind.host) && !isLoopback(seed.host) && !isOwn(seed.host, interfaces)) {
    return (
      `${address} is on another machine, which cannot be reached from ${bind.host}, a loopback address; ` +
      `bind to an address that the others reach${suchAs(bind.host, interfaces)}, and give this node the cluster's key (keyFile)`
    );
  }
  // A socket on `::` reaches both families.
  if (isIP(seed.host) !== isIP(bind.host) && bind.host !== "::") {
    const family = isIP(bind.host);
    return (
      `${address} is an IPv${isIP(seed.host)} address, and this node uses only IPv${family} (bind ${bind.host}); ` +
      "use the same family for both"
    );
  }
  return undefined;
}

function isOwn(host: string, interfaces: Interfaces): boolean {
  return Object.values(interfaces).some((each) => each?.some(({ address }) => address === host));
}

function suchAs(bindHost: string, interfaces: Interfaces): string {
  const [first] = routableAddresses(isIP(bindHost) === 6 ? "IPv6" : "IPv4", interfaces);
  return first === undefined ? "" : ` (such as ${first.address})`;
}
