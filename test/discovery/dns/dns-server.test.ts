import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { type Answer, decode, encode, type Packet, streamEncode } from "dns-packet";
import { expect, onTestFinished, test } from "vitest";
import { ConfigError } from "../../../src/core/errors.ts";
import { DnsAskers } from "../../../src/discovery/dns/dns-askers.ts";
import { type DnsServer, openDnsServer } from "../../../src/discovery/dns/dns-server.ts";
import { instances, zoneOf } from "./zone.ts";

async function open(): Promise<DnsServer> {
  const server = await openDnsServer({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => server.close());
  server.serve(zoneOf(instances(60)));
  return server;
}

function queryPacket(id: number): Packet {
  return { type: "query", id, questions: [{ name: "web.service.hearsay", type: "SRV" }] };
}

async function connectTo({ endpoint }: DnsServer): Promise<Socket> {
  const socket = connect(endpoint.port, endpoint.host);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** The ids of the next `count` responses on a connection. */
async function readIds(socket: Socket, count: number): Promise<number[]> {
  const ids: number[] = [];
  let pending = Buffer.alloc(0);
  for await (const chunk of socket) {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      ids.push(decode(pending.subarray(2, end)).id ?? -1);
      pending = pending.subarray(end);
    }
    if (ids.length >= count) return ids;
  }
  return ids;
}

test("a query in a datagram is answered in one, and counted", async () => {
  const server = await open();
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  socket.send(encode(queryPacket(7)), server.endpoint.port, server.endpoint.host);
  const [response] = await once(socket, "message");
  expect(decode(response)).toMatchObject({ id: 7, flag_tc: true });
  expect(server.counts()).toEqual({ answered: { "udp NOERROR": 1 }, ignored: 0 });
});

test("a long answer over UDP comes to another machine only after it asked over TCP", async () => {
  const isHere = () => false;
  const server = await openDnsServer(
    { host: "127.0.0.1", port: 0 },
    new DnsAskers(() => 0, isHere),
  );
  onTestFinished(() => server.close());
  server.serve(zoneOf(instances(60)));
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  const option = { type: "OPT", name: ".", udpPayloadSize: 8192 } as Answer;
  const long = encode({ ...queryPacket(7), additionals: [option] });
  const ask = async () => {
    socket.send(long, server.endpoint.port, server.endpoint.host);
    const [response] = (await once(socket, "message")) as [Buffer];
    return { isWhole: decode(response).flag_tc === false, isShort: response.length <= 512 };
  };
  expect(await ask()).toEqual({ isWhole: false, isShort: true });
  const connection = await connectTo(server);
  connection.write(streamEncode(queryPacket(1)));
  await readIds(connection, 1);
  expect(await ask()).toEqual({ isWhole: true, isShort: false });
});

test("before there is a node a query is answered that it cannot be yet, not with silence", async () => {
  const server = await openDnsServer({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => server.close());
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  socket.send(encode(queryPacket(7)), server.endpoint.port, server.endpoint.host);
  const [response] = await once(socket, "message");
  expect(decode(response)).toMatchObject({ id: 7, rcode: "SERVFAIL" });
});

test("queries on one connection are answered in their order, however they are cut into pieces", async () => {
  const socket = await connectTo(await open());
  const bytes = Buffer.concat([1, 2, 3].map((id) => streamEncode(queryPacket(id))));
  for (const at of [0, 1, 20, 60]) {
    socket.write(bytes.subarray(at, { 0: 1, 1: 20, 20: 60, 60: bytes.length }[at]));
    await new Promise(setImmediate);
  }
  expect(await readIds(socket, 3)).toEqual([1, 2, 3]);
});

test("whoever sends what is no query loses its connection", async () => {
  const socket = await connectTo(await open());
  socket.on("error", () => undefined).resume();
  socket.write(Buffer.from([0, 3, 1, 2, 3]));
  await once(socket, "close");
});

test("a client that asks and never reads loses its connection instead of filling memory", async () => {
  const server = await open();
  const socket = await connectTo(server);
  socket.on("error", () => undefined).pause();
  const many = Buffer.concat(Array.from({ length: 500 }, () => streamEncode(queryPacket(1))));
  const isClosed = new Promise<boolean>((resolve) => socket.once("close", () => resolve(true)));
  for (let round = 0; round < 200; round++) {
    socket.write(many);
    if (await Promise.race([isClosed, new Promise((next) => setImmediate(next, false))])) break;
  }
  expect(await isClosed).toBe(true);
});

test("an address that is taken is the operator's to change", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const opening = openDnsServer({ host: "127.0.0.1", port });
  await expect(opening).rejects.toThrow(ConfigError);
  await expect(opening).rejects.toThrow(
    `dns: 127.0.0.1:${port} is in use by another process; choose`,
  );
});
