import { isIP, Socket } from "node:net";
import type { Endpoint, Millis } from "../../core/member.ts";

/** Idle for so long, a wire asks the other kernel whether it is still there, and NATs remember it. */
export const KEEPALIVE_MS: Millis = 60_000;

/**
 * A socket on its way to `peer`, from the address that the gossip port is bound to: filters and
 * peers see one address of this node. Whatever goes wrong is told by its `error` event, never here.
 */
export function socketTo(peer: Endpoint, localHost: string): Socket {
  const socket = new Socket();
  try {
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEPALIVE_MS);
    socket.connect({
      host: peer.host,
      port: peer.port,
      ...(isIP(localHost) === isIP(peer.host) &&
        !isWildcard(localHost) && { localAddress: localHost }),
    });
  } catch (error) {
    socket.destroy(error instanceof Error ? error : new Error(String(error)));
  }
  return socket;
}

/** Ends a connection so that neither kernel keeps anything of it, where a FIN would keep a port in use. */
export function reset(socket: Socket): void {
  // While it connects, `resetAndDestroy` would wait for the answer.
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}

/**
 * Whether a connect met itself: on a port of this machine that nobody listens on, the kernel may
 * have chosen that very port to connect from, and TCP then connects the socket to itself.
 */
export function metItself({ localPort, remotePort, localAddress, remoteAddress }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress;
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
