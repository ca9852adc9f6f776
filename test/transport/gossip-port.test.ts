import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import type { Endpoint } from "../../src/core/member.ts";
import { formatEndpoint } from "../../src/core/member.ts";
import { type GossipPort, openGossipPort } from "../../src/transport/gossip-port.ts";
import { TcpWiring } from "../../src/transport/wiring/tcp-wiring.ts";
import { createHelloCodec } from "../../src/wire/hello.ts";
import { FAMILIES, openPeer } from "./loopback.ts";

test.each(FAMILIES)(
  "over $family one number is bound for datagrams and for wires",
  async ({ host }) => {
    const { port, warnings } = await open({ host, port: 0 });
    const other = await open({ host, port: 0 }, "b");
    const opening = new Promise((resolve) => {
      const onWireOpened = (member: string) => resolve(member);
      other.port.wiring.listen({ onWireOpened, onWireClosed: () => {}, onDialled: () => {} });
    });
    const endpoint = port.transport.local;
    other.port.wiring.keep([{ member: "a", startId: START_ID, endpoint }]);
    expect(await opening).toBe("a");
    expect(warnings).toEqual([]);
    expect(port.wiring.isOpen).toBe(true);
  },
);

test("where another program has the TCP side, one warning says so, and own wires and dials work", async () => {
  const { endpoint, release } = await takeTcp();
  const { port, warnings } = await open(endpoint);
  expect(warnings).toEqual([
    `TCP at ${formatEndpoint(endpoint)} cannot be used: another program has that TCP port. ` +
      "Gossip works, but the other members cannot keep wires to this node, and notice its crash at " +
      "their next ping; end that program, or choose another port with bind (host:port)",
  ]);
  expect(port.wiring.isOpen).toBe(false);
  const answer = new Promise((resolve) => {
    const onDialled = (...dialled: unknown[]) => resolve(dialled);
    port.wiring.listen({ onWireOpened: () => {}, onWireClosed: () => {}, onDialled });
  });
  port.wiring.dial("b", endpoint, 3);
  expect(await answer).toEqual(["b", 3, "answered"]);
  await release();
});

test("the TCP side is taken as soon as the other program has gone", async () => {
  const { endpoint, release } = await takeTcp();
  const { port, warnings } = await open(endpoint);
  await release();
  const answers: string[] = [];
  port.wiring.listen({
    onWireOpened: () => {},
    onWireClosed: () => {},
    onDialled: (_member, _seq, answer) => answers.push(answer),
  });
  const asking = setInterval(() => port.wiring.dial("a", endpoint, 1), 50);
  await vi.waitFor(() => expect(answers).toContain("answered"), { timeout: 5000 });
  clearInterval(asking);
  expect(warnings).toHaveLength(1);
});

test("with port 0 another number is taken where the TCP side of the first one is not free", async () => {
  // Chance alone brings this about once in some hundred times.
  const taken = Object.assign(new Error("listen"), { code: "EADDRINUSE" });
  const opening = vi.spyOn(TcpWiring.prototype, "open").mockRejectedValueOnce(taken);
  const { port, warnings } = await open({ host: "127.0.0.1", port: 0 });
  expect(opening).toHaveBeenCalledTimes(2);
  opening.mockRestore();
  expect(port.wiring.local).toEqual(port.transport.local);
  expect(warnings).toEqual([]);
});

test("a UDP port in use is refused as before, and leaves nothing bound", async () => {
  // A number whose TCP side is free: connections of other tests leave from many.
  const { port } = await open({ host: "127.0.0.1", port: 0 });
  const endpoint = port.transport.local;
  await Promise.all([port.transport.close(), port.wiring.close()]);
  const { close } = await openPeer("127.0.0.1", { port: endpoint.port });
  await expect(open(endpoint)).rejects.toThrow(ConfigError);
  await close();
  const { warnings } = await open(endpoint);
  expect(warnings).toEqual([]);
});

const START_ID = "0".repeat(24);

async function open(bind: Endpoint, name = "a"): Promise<{ port: GossipPort; warnings: string[] }> {
  const warnings: string[] = [];
  const port = await openGossipPort({
    bind,
    self: { name, startId: START_ID },
    codec: createHelloCodec("test"),
    // A small receive buffer is not what these tests are about.
    onWarning: (warning) => warning.startsWith("TCP") && warnings.push(warning),
  });
  onTestFinished(async () => {
    await Promise.all([port.transport.close(), port.wiring.close()]);
  });
  return { port, warnings };
}

/** Some other program that listens on TCP alone. */
async function takeTcp(): Promise<{ endpoint: Endpoint; release: () => Promise<void> }> {
  const server = createServer((socket) => socket.on("error", () => undefined));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const release = async () => {
    server.close();
    await once(server, "close");
  };
  return { endpoint: { host: "127.0.0.1", port }, release };
}
