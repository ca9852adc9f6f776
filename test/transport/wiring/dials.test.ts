import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Endpoint } from "../../../src/core/member.ts";
import { metItself } from "../../../src/transport/wiring/outgoing-socket.ts";
import { closedPort } from "../loopback.ts";
import { HOST, openServer, openWiring, SOON_MS } from "./wirings.ts";

const WITHIN = { timeout: 2 * SOON_MS, interval: 5 };

test("a dial to a port that a process has is answered, and closed at once", async () => {
  const a = await openWiring("a");
  const b = await openWiring("b");
  a.wiring.dial("b", b.endpoint, 5);
  expect(a.reports.all).toEqual([]);
  expect(await a.reports.count(1)).toEqual(["answered b 5"]);
  await vi.waitFor(() => expect(b.wiring.counters.wordless).toBe(1), WITHIN);
  expect(b.wiring.counters.turnedAway).toEqual({});
});

test("a dial to a port that nobody has is refused", async () => {
  const a = await openWiring("a");
  a.wiring.dial("b", await closedPort(HOST), 6);
  expect(await a.reports.count(1)).toEqual(["refused b 6"]);
  expect(a.wiring.counters.dials).toEqual({ refused: 1 });
});

test("the kernel of a frozen process answers until its queue is full, and then nothing is reported", async () => {
  const a = await openWiring("a");
  const { endpoint } = await frozenServer(1);
  for (let seq = 0; seq < 4; seq++) a.wiring.dial("b", endpoint, seq);
  await vi.waitFor(
    () => expect(a.wiring.counters.dials).toEqual({ answered: 2, silent: 2 }),
    WITHIN,
  );
  expect(a.reports.all).toHaveLength(2);
});

test("at most 8 dials to one member are under way, and 64 at all; more are counted", async () => {
  const a = await openWiring("a");
  const { endpoint } = await openServer(() => undefined);
  for (let i = 0; i < 9; i++) a.wiring.dial("b", endpoint, i);
  expect(a.wiring.counters.dials).toEqual({ "not-made": 1 });
  for (let i = 0; i < 60; i++) a.wiring.dial(`m${i}`, endpoint, i);
  expect(a.wiring.counters.dials).toEqual({ "not-made": 5 });
  await a.reports.count(64);
  a.wiring.dial("b", endpoint, 9);
  expect((await a.reports.count(65)).at(-1)).toBe("answered b 9");
});

test("a connection that is reset before this process has looked is neither answered nor refused", async () => {
  const a = await openWiring("a");
  const { endpoint } = await resettingServer();
  a.wiring.dial("b", endpoint, 7);
  await new Promise(process.nextTick);
  // A stall of this process, in which the connection is made and reset.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  await vi.waitFor(() => expect(a.wiring.counters.dials).toEqual({ ECONNRESET: 1 }), WITHIN);
  expect(a.reports.all).toEqual([]);
});

test("an endpoint that cannot be dialled is counted by its code and reports nothing", async () => {
  const a = await openWiring("a");
  a.wiring.dial("b", { host: HOST, port: 70_000 }, 1);
  await vi.waitFor(() => {
    expect(a.wiring.counters.dials).toEqual({ ERR_SOCKET_BAD_PORT: 1 });
  }, WITHIN);
  expect(a.reports.all).toEqual([]);
});

test("a connect that met itself is told from one that met a process", async () => {
  const { port } = await closedPort(HOST);
  const own = connect({ host: HOST, port, localAddress: HOST, localPort: port });
  await once(own, "connect");
  expect(metItself(own)).toBe(true);
  const { endpoint } = await openServer(() => undefined);
  const other = connect(endpoint.port, HOST);
  await once(other, "connect");
  expect(metItself(other)).toBe(false);
  own.destroy();
  other.destroy();
});

/** A process that listens, and stands still. */
async function frozenServer(backlog: number): Promise<{ endpoint: Endpoint }> {
  const { child, endpoint } = await serverProcess("net.createServer()", backlog);
  child.kill("SIGSTOP");
  return { endpoint };
}

/** A process that resets each connection. */
function resettingServer(): Promise<{ endpoint: Endpoint }> {
  return serverProcess("net.createServer((socket) => socket.resetAndDestroy())", 16);
}

async function serverProcess(
  server: string,
  backlog: number,
): Promise<{ child: ChildProcess; endpoint: Endpoint }> {
  const program = `
    const net = require("node:net");
    const server = ${server};
    server.listen({ host: "${HOST}", port: 0, backlog: ${backlog} }, () => {
      console.log(server.address().port);
    });`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  return { child, endpoint: { host: HOST, port: Number(line) } };
}
