import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { WireError } from "../../../src/core/errors.ts";
import { formatEndpoint } from "../../../src/core/member.ts";
import { openGrafanaTransport } from "../../../src/pool/host/grafana-transport.ts";
import { openGrafanaPacket, sealGrafanaPacket } from "../../../src/pool/wire/grafana-packets.ts";
import { guestAt } from "../../daemon/guest/started-guest.ts";
import { freePort } from "../../loopback-servers.ts";
import { startGrafanaMember } from "./grafana-pool.ts";

const HERE = { host: "127.0.0.1", port: 0 };
async function opened() {
  const transport = await openGrafanaTransport(HERE);
  onTestFinished(() => transport.close());
  const received: string[] = [];
  const refused: [string, number][] = [];
  transport.listen({
    onDatagram: (packet, from) => {
      received.push(`${Buffer.from(packet)} from ${formatEndpoint(from)}`);
    },
    onRefused: (member, seq) => void refused.push([member, seq]),
  });
  return { transport, received, refused };
}

test("a packet comes with the address that its sender takes answers at", async () => {
  const [one, other] = [await opened(), await opened()];
  one.transport.send(Buffer.from("hello"), { endpoint: other.transport.local });
  await vi.waitFor(() =>
    expect(other.received).toEqual([`hello from ${formatEndpoint(one.transport.local)}`]),
  );
});

test("a host that refuses the connection refuses the ping", async () => {
  const { transport, refused } = await opened();
  const endpoint = { host: "127.0.0.1", port: await freePort() };
  transport.send(Buffer.from("ping"), { endpoint, member: "m", probeSeq: 7 });
  await vi.waitFor(() => expect(refused).toEqual([["m", 7]]));
  transport.send(Buffer.from("other"), { endpoint });
  await vi.waitFor(() => expect(transport.counters.sendErrors).toEqual({ ECONNREFUSED: 2 }));
  expect(refused).toHaveLength(1);
});

test("what is no packet is counted, and a knock is nothing", async () => {
  const { transport, received } = await opened();
  const { host, port } = transport.local;
  connect(port, host).end();
  connect(port, host).end("GET / HTTP/1.1\r\n\r\n");
  const broken = sealGrafanaPacket({ packet: Buffer.from("x"), from: { host, port } });
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  connect(port, host).end(broken);
  await vi.waitFor(() =>
    expect(transport.counters.receiveErrors).toEqual({ type: 1, checksum: 1 }),
  );
  expect(received).toEqual([]);
});

test("arbitrary bytes are a packet, or refused by a WireError", () => {
  const from = { host: "::1", port: 7946 };
  fc.assert(
    fc.property(fc.uint8Array(), (packet) => {
      const bytes = sealGrafanaPacket({ packet, from });
      expect(openGrafanaPacket(bytes).from).toEqual(from);
      for (const wrong of [packet, bytes.subarray(1), bytes.subarray(0, 20)]) {
        expect(() => openGrafanaPacket(wrong)).toThrow(WireError);
      }
    }),
  );
});

test("a guest finds out that a pool is Grafana's, and hears its member", async () => {
  const label = new TextEncoder().encode("loki");
  const member = await startGrafanaMember("loki-0", { label, keyring: undefined });
  const guest = await guestAt(formatEndpoint(member.endpoint), { label: "loki" });
  expect(guest.node.identity.cluster).toBe("grafana loki");
  expect(member.strangers()).toBe(1);
  await vi.waitFor(
    () => {
      const [loki] = guest.node.snapshot().members;
      expect(loki).toMatchObject({
        state: "alive",
        record: { tags: { role: "member", zone: "eu" } },
      });
      expect(loki?.lastHeardMs).not.toBeNull();
    },
    { timeout: 8000 },
  );
});

test("a guest that is told so begins with Grafana's transport", async () => {
  const member = await startGrafanaMember("m", { label: new Uint8Array(), keyring: undefined });
  await guestAt(formatEndpoint(member.endpoint), { pool: "grafana" });
  expect(member.strangers()).toBe(0);
});

test("only what hangs up without a word is tried over the other transport", async () => {
  let dials = 0;
  const server = createServer((socket) => {
    dials += 1;
    socket.on("error", () => {});
    socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await expect(guestAt(`127.0.0.1:${port}`)).rejects.toThrow("is not memberlist");
  expect(dials).toBe(1);
});
