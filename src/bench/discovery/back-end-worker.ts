import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { createInterface } from "node:readline";

/**
 * A process of web servers on ports of the system's choice, for a benchmark: prints `{"ports": [...]}`, ends with its
 * parent. `cut 3 4` on stdin makes the servers of these numbers unreachable, `mend` all reachable again.
 */
const count = Number(process.argv[2] ?? "1");
const servers = await Promise.all(Array.from({ length: count }, (_, at) => open(at)));
process.stdout.write(`${JSON.stringify({ ports: servers.map(({ port }) => port) })}\n`);

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [word, ...numbers] = line.split(" ");
    if (word === "cut") for (const at of numbers) servers[Number(at)]?.cut();
    if (word === "mend") for (const server of servers) server.mend();
  })
  .on("close", () => process.exit(0));

async function open(at: number) {
  let server = await listen(at, await freePort());
  const { port } = server.address() as AddressInfo;
  return {
    port,
    cut: () => {
      server.close();
      server.closeAllConnections();
    },
    mend: () => {
      if (!server.listening) void listen(at, port).then((anew) => (server = anew));
    },
  };
}

function listen(at: number, port: number): Promise<Server> {
  const server = createServer((_request, response) => response.end(`${at}\n`));
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

/** Below the ports that the system gives out by itself, so that none takes it while its server is cut. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createTcpServer();
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
