import { isIPv4 } from "node:net";
import type { NetworkInterfaceInfo } from "node:os";
import { ConfigError } from "../../core/errors.ts";
import { canonicalAddress } from "./host-port.ts";

/** As `os.networkInterfaces()` gives them. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/**
 * The address that a node bound to all addresses tells the others: the only routable one of this machine in that family.
 * None or several are a ConfigError that lists them, because a wrong guess makes a member that nobody can reach.
 */
export function routableAddress(wildcard: string, interfaces: Interfaces): string {
  const family = isIPv4(wildcard) ? "IPv4" : "IPv6";
  const found = routableAddresses(family, interfaces);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only.address;
  const listed = found.map((each) => `${each.address} (${each.name})`).join(", ");
  throw new ConfigError(
    only === undefined
      ? `bind: ${wildcard} has no routable ${family} address to advertise; name one with --advertise`
      : `bind: ${wildcard} could be advertised as ${listed}; choose one with --advertise`,
  );
}

/** The addresses of this machine that others can reach, as far as it knows. */
export function routableAddresses(family: "IPv4" | "IPv6", interfaces: Interfaces) {
  return Object.entries(interfaces).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter((each) => each.family === family && !each.internal && !isLinkLocal(each.address))
      .map((each) => ({ name, address: canonicalAddress(each.address) })),
  );
}

function isLinkLocal(address: string): boolean {
  return address.startsWith("169.254.") || /^fe[89ab]/i.test(address);
}
