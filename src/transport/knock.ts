import type { Endpoint, Millis } from "../core/member.ts";
import { codeOf, DatagramSocket } from "./datagram-socket.ts";

/** Systems limit how many refusals they send a second, and the node's own datagrams may have used them up. */
const KNOCK_EVERY_MS: Millis = 250;

/**
 * Sends empty datagrams from `fromHost` to `peer`, and waits for what the systems on the way say to it: the code of the
 * error, such as ECONNREFUSED where nothing listens or ENETUNREACH without a route; undefined where they say nothing. For
 * telling an operator what is wrong; a node's own datagrams leave elsewhere.
 */
export async function knock(
  fromHost: string,
  peer: Endpoint,
  waitMs: Millis,
): Promise<string | undefined> {
  let onError: (code: string | undefined) => void = () => undefined;
  const failed = new Promise<string | undefined>((resolve) => {
    onError = resolve;
  });
  const socket = new DatagramSocket({
    bind: { host: fromHost, port: 0 },
    reuseAddr: false,
    onDatagram: () => undefined,
    onError,
  });
  // A turn later: after a stall the timer is due before what has arrived meanwhile was read.
  const timer = setTimeout(() => setImmediate(onError, undefined), waitMs);
  const send = () =>
    socket.sendConnected(new Uint8Array(0), (code) => {
      if (code !== undefined) onError(code);
    });
  const knocking = setInterval(() => isConnected && send(), KNOCK_EVERY_MS);
  let isConnected = false;
  try {
    await socket.bind();
    await socket.connect(peer);
    isConnected = true;
    send();
    return await failed;
  } catch (error) {
    return codeOf(error);
  } finally {
    clearTimeout(timer);
    clearInterval(knocking);
    await socket.close();
  }
}
