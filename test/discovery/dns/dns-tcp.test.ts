import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { serveTcp } from "../../../src/discovery/dns/dns-tcp.ts";

const CONNECTIONS_MAX = 256;
const QUERY = Buffer.from([0, 1, 7]);

afterEach(() => {
  vi.useRealTimers();
});

/** A server that says back what it was asked. */
async function open() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted: Socket[] = [];
  server.on("connection", (socket) => accepted.push(socket));
  const connections = serveTcp(server, (query) => query);
  onTestFinished(async () => {
    connections.close();
    await once(server.close(), "close");
  });
  const { port } = server.address() as AddressInfo;
  const join = async () => {
    const accepting = once(server, "connection");
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
    await accepting;
    return socket;
  };
  return { accepted, join };
}

async function ask(socket: Socket): Promise<Buffer> {
  socket.write(QUERY);
  const [response] = await once(socket, "data");
  return response;
}

test("a query has 5 s from its first byte to its last, however often a byte comes", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { accepted, join } = await open();
  const socket = await join();
  const [served] = accepted as [Socket];
  await ask(socket);
  vi.advanceTimersByTime(4000);
  for (const at of [0, 1]) {
    socket.write(QUERY.subarray(at, at + 1));
    await once(served, "data");
    vi.advanceTimersByTime(2499);
  }
  expect(served.destroyed).toBe(false);
  vi.advanceTimersByTime(2);
  expect(served.destroyed).toBe(true);
});

test("where too many are connected, that which asked nothing for longest makes room", async () => {
  const { accepted, join } = await open();
  const sockets: Socket[] = [];
  for (let count = 0; count < CONNECTIONS_MAX; count++) sockets.push(await join());
  const [first, second] = sockets as [Socket, Socket];
  await ask(first);
  const isClosed = once(second.resume(), "close");
  expect(await ask(await join())).toEqual(QUERY);
  await isClosed;
  expect(await ask(first)).toEqual(QUERY);
  expect(accepted.filter(({ destroyed }) => destroyed)).toHaveLength(1);
});
