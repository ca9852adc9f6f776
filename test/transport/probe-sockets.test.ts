import { expect, test, vi } from "vitest";
import { ProbeSockets } from "../../src/transport/probe-sockets.ts";
import { newUdpCounters } from "../../src/transport/udp-counters.ts";
import { bytes, openPeer } from "./loopback.ts";

test("where the gossip port cannot be shared, pings leave from the main socket, with one warning", async () => {
  // A plain socket shares its port with nobody, as some systems' sockets do.
  const holder = await openPeer("127.0.0.1");
  const subject = await openPeer("127.0.0.1");
  const unconnected: string[] = [];
  const warnings: string[] = [];
  const sockets = new ProbeSockets({
    local: holder.endpoint,
    recvBufferBytes: 65_536,
    idleCloseMs: 60_000,
    counters: newUdpCounters(),
    onDatagram: () => undefined,
    onRefused: () => undefined,
    sendUnconnected: (datagram) => unconnected.push(new TextDecoder().decode(datagram)),
    onWarning: (warning) => warnings.push(warning),
  });
  const to = { endpoint: subject.endpoint, member: "b" };
  sockets.send(bytes("first"), { ...to, probeSeq: 1 });
  sockets.send(bytes("second"), { ...to, member: "c", probeSeq: 2 });
  await vi.waitFor(() => expect(unconnected).toEqual(["first", "second"]));
  sockets.send(bytes("third"), { ...to, probeSeq: 3 });
  expect(unconnected).toEqual(["first", "second", "third"]);
  expect(warnings).toEqual([expect.stringContaining("EADDRINUSE")]);
  expect(sockets.size).toBe(0);
  await sockets.close();
});

test("a peer that cannot be connected to is counted and its ping left to the main socket", async () => {
  const local = await openPeer("127.0.0.1");
  await local.close();
  const counters = newUdpCounters();
  const unconnected: string[] = [];
  const sockets = new ProbeSockets({
    local: local.endpoint,
    recvBufferBytes: 65_536,
    idleCloseMs: 60_000,
    counters,
    onDatagram: () => undefined,
    onRefused: () => undefined,
    sendUnconnected: (datagram) => unconnected.push(new TextDecoder().decode(datagram)),
    onWarning: () => undefined,
  });
  // An IPv4 socket has no way to an IPv6 peer.
  sockets.send(bytes("ping"), { endpoint: { host: "::1", port: 9 }, member: "b", probeSeq: 1 });
  await vi.waitFor(() => expect(unconnected).toEqual(["ping"]));
  expect(counters.socketErrors).toEqual({ EINVAL: 1 });
  expect(sockets.size).toBe(0);
  await sockets.close();
});
