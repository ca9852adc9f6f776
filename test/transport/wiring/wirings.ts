import { EventEmitter, once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { expect, onTestFinished } from "vitest";
import type { WireTarget } from "../../../src/core/effect.ts";
import type { Endpoint } from "../../../src/core/member.ts";
import { openGossipPort } from "../../../src/transport/gossip-port.ts";
import type { WireSelf } from "../../../src/transport/wiring/outgoing-wire.ts";
import { TcpWiring } from "../../../src/transport/wiring/tcp-wiring.ts";
import { createHelloCodec, type HelloCodec } from "../../../src/wire/hello.ts";

export const HOST = "127.0.0.1";
/** So long a test waits for what should come at once. */
export const SOON_MS = 3000;

/** The run of that number of a member: 24 hex digits. */
export function run(number: number): string {
  return number.toString(16).padStart(24, "0");
}

/** What a wiring reported, and what waits for the next report. */
export class Reports {
  readonly all: string[] = [];
  private readonly emitter = new EventEmitter();

  add(report: string): void {
    this.all.push(report);
    this.emitter.emit("report");
  }

  /** Resolves once so many have come, with all of them. */
  async count(wanted: number): Promise<string[]> {
    const signal = AbortSignal.timeout(SOON_MS);
    while (this.all.length < wanted) await once(this.emitter, "report", { signal });
    return this.all;
  }
}

/** The wiring of a member on a port of the system's choice, and what it reports, as text. */
export async function openWiring(
  name: string,
  given: { startId?: string; endpoint?: Endpoint; codec?: HelloCodec } = {},
): Promise<{ wiring: TcpWiring; reports: Reports; target: WireTarget; endpoint: Endpoint }> {
  const startId = given.startId ?? run(1);
  const self = { name, startId };
  const codec = given.codec ?? createHelloCodec("test");
  const wiring = await listening(self, codec, given.endpoint);
  onTestFinished(() => wiring.close());
  const reports = new Reports();
  wiring.listen({
    onWireOpened: (member, runOf) => reports.add(`opened ${member} ${runNumber(runOf)}`),
    onWireClosed: (member, runOf, how) =>
      reports.add(`closed ${member} ${runNumber(runOf)} ${how}`),
    onDialled: (member, seq, answer) => reports.add(`${answer} ${member} ${seq}`),
  });
  const endpoint = wiring.local;
  return { wiring, reports, target: { member: name, startId, endpoint }, endpoint };
}

/** The wirings of a and b, with a wire from a to b. */
export async function openWired() {
  const a = await openWiring("a");
  const b = await openWiring("b");
  a.wiring.keep([b.target]);
  expect(await a.reports.count(1)).toEqual(["opened b 1"]);
  return { a, b };
}

async function listening(
  self: WireSelf,
  codec: HelloCodec,
  endpoint: Endpoint | undefined,
): Promise<TcpWiring> {
  if (endpoint !== undefined) {
    const wiring = new TcpWiring({ self, codec, local: endpoint });
    await wiring.open();
    return wiring;
  }
  const bind = { host: HOST, port: 0 };
  const port = await openGossipPort({ bind, self, codec, onWarning: () => undefined });
  await port.transport.close();
  return port.wiring;
}

/** A server of some other program, with each connection as it comes. */
export async function openServer(onConnection: (socket: Socket) => void): Promise<{
  endpoint: Endpoint;
  server: Server;
  sockets: Socket[];
  connections: (wanted: number) => Promise<Socket[]>;
}> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
    server.emit("counted");
  });
  server.listen(0, HOST);
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const connections = async (wanted: number) => {
    const signal = AbortSignal.timeout(SOON_MS);
    while (sockets.length < wanted) await once(server, "counted", { signal });
    return sockets;
  };
  return { endpoint: { host: HOST, port }, server, sockets, connections };
}

/** Something that says this to whoever says something to it, as a member `b` would be asked. */
export async function openSpeaker(said: Uint8Array) {
  const { endpoint, sockets } = await openServer((socket) => {
    socket.once("data", () => socket.write(said));
  });
  return { sockets, target: { member: "b", startId: run(1), endpoint } };
}

/** A plain connection of some other program. */
export function openStranger({
  host,
  port,
}: Endpoint): Socket & { readonly gone: Promise<unknown> } {
  const socket = connect({ host, port });
  socket.on("error", () => undefined);
  socket.resume();
  const gone = new Promise((resolve) => socket.on("close", resolve));
  onTestFinished(async () => {
    socket.destroy();
  });
  return Object.assign(socket, { gone });
}

function runNumber(startId: string): number {
  return Number.parseInt(startId, 16);
}
