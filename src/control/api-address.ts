import { type Endpoint, formatEndpoint } from "../core/member.ts";

/** A Unix socket, by its path. */
export interface SocketPath {
  readonly path: string;
}

/** Where a control API listens. */
export type ApiAddress = Endpoint | SocketPath;

/** What the path of a Unix socket follows, in settings and in addresses to ask. */
export const UNIX_SCHEME = "unix:";

/** Whether the address is that of a Unix socket. */
export function isSocketPath(address: ApiAddress): address is SocketPath {
  return "path" in address;
}

/** `host:port` or `unix:/path`. */
export function formatApiAddress(address: ApiAddress): string {
  return isSocketPath(address) ? UNIX_SCHEME + address.path : formatEndpoint(address);
}

/** What a client is given to ask a node: `http://host:port`, `https://host:port` or `unix:/path`. */
export function formatApiUrl(address: ApiAddress, isTls: boolean): string {
  const text = formatApiAddress(address);
  if (isSocketPath(address)) return text;
  return `${isTls ? "https" : "http"}://${text}`;
}
