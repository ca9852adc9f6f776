import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

const TRIES = 20;

/**
 * A loopback address whose port is free for TCP and UDP, chosen by the system. It is free when this
 * returns, no more.
 */
export async function reserveAddress(): Promise<string> {
  for (let tries = 1; ; tries++) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const isFree = await isFreeForUdp(port);
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return `127.0.0.1:${port}`;
    if (tries === TRIES) throw new Error(`none of ${TRIES} ports was free for TCP and UDP`);
  }
}

async function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  try {
    socket.bind(port, "127.0.0.1");
    await once(socket, "listening");
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
