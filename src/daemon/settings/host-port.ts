import { isIP, isIPv4, isIPv6 } from "node:net";

/** A host (name or numeric address, without brackets) and a port, as an operator writes them. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*\.?$/i;
const DOTTED_NUMBERS = /^[0-9.]+$/;

/**
 * Reads `host:port`, `host`, `[v6]:port`, `[v6]` or a bare IPv6 address; a missing port is `defaultPort`. Undefined when
 * it is none of these. IPv6 addresses come back in their canonical form, since addresses are compared as strings.
 */
export function parseHostPort(text: string, defaultPort: number): HostPort | undefined {
  const { host, portText } = splitHostPort(text.trim());
  if (host === undefined) return undefined;
  const port = portText === undefined ? defaultPort : parsePort(portText);
  if (port === undefined) return undefined;
  if (isIP(host) !== 0) return { host: canonicalAddress(host), port };
  const isName = HOST_NAME.test(host) && !DOTTED_NUMBERS.test(host);
  return isName ? { host: host.toLowerCase(), port } : undefined;
}

/** The one spelling of a numeric address that is compared and shown. */
export function canonicalAddress(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

/** Whether a numeric address reaches this machine alone. */
export function isLoopback(address: string): boolean {
  return address === "::1" || (isIPv4(address) && address.startsWith("127."));
}

/** Whether a numeric address stands for all addresses of this machine. */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

function splitHostPort(text: string): { host: string | undefined; portText: string | undefined } {
  if (isIPv6(text) && !text.includes("%")) return { host: text, portText: undefined };
  const bracketed = /^\[([^\]%]+)\](?::(.*))?$/.exec(text);
  if (bracketed) {
    const inner = bracketed[1] ?? "";
    return { host: isIPv6(inner) ? inner : undefined, portText: bracketed[2] };
  }
  const plain = /^([^:]+)(?::([^:]*))?$/.exec(text);
  return { host: plain?.[1], portText: plain?.[2] };
}

function parsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65535 ? port : undefined;
}
