import { describe, expect, test, vi } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import { formatEndpoint } from "../../src/core/member.ts";
import { openUdpTransport } from "../../src/transport/udp-transport.ts";
import { bytes, closedPort, FAMILIES, openPeer, openTransport } from "./loopback.ts";

const WITHIN = { timeout: 2000, interval: 2 };

describe.each(FAMILIES)("over $family", ({ host }) => {
  test("a datagram arrives with its sender's endpoint", async () => {
    const { transport, heard } = await openTransport(host);
    const peer = await openPeer(host);
    peer.socket.send(bytes("hello"), transport.local.port, host);
    await vi.waitFor(() => expect(heard).toEqual([{ text: "hello", from: peer.endpoint }]), WITHIN);
  });

  test("pings and everything else leave from the one gossip endpoint", async () => {
    const { transport } = await openTransport(host);
    const peer = await openPeer(host);
    transport.send(bytes("gossip"), { endpoint: peer.endpoint, member: "b" });
    transport.send(bytes("ping"), { endpoint: peer.endpoint, member: "b", probeSeq: 1 });
    await vi.waitFor(() => expect(peer.heard).toHaveLength(2), WITHIN);
    expect(peer.heard.map(({ from }) => from)).toEqual([transport.local, transport.local]);
  });

  test("with a probe socket open, its subject and strangers are both heard", async () => {
    const { transport, heard } = await openTransport(host);
    const subject = await openPeer(host, { echo: true });
    const stranger = await openPeer(host);
    transport.send(bytes("ping"), { endpoint: subject.endpoint, member: "b", probeSeq: 1 });
    await vi.waitFor(() => expect(heard).toHaveLength(1), WITHIN);
    stranger.socket.send(bytes("stranger"), transport.local.port, host);
    await vi.waitFor(() => expect(heard).toHaveLength(2), WITHIN);
    expect(heard).toEqual([
      { text: "ping", from: subject.endpoint },
      { text: "stranger", from: stranger.endpoint },
    ]);
  });

  test("a ping to a port that nobody owns is reported as refused", async () => {
    const { transport, refusals } = await openTransport(host);
    const endpoint = await closedPort(host);
    transport.send(bytes("ping"), { endpoint, member: "b", probeSeq: 7 });
    await vi.waitFor(() => expect(refusals).toEqual([{ member: "b", probeSeq: 7 }]), WITHIN);
  });

  test("a process that came back at its port is reached by the next ping after a refusal", async () => {
    const { transport, refusals, heard } = await openTransport(host);
    const endpoint = await closedPort(host);
    transport.send(bytes("first"), { endpoint, member: "b", probeSeq: 1 });
    await vi.waitFor(() => expect(refusals).toHaveLength(1), WITHIN);
    await openPeer(host, { port: endpoint.port, echo: true });
    transport.send(bytes("second"), { endpoint, member: "b", probeSeq: 2 });
    await vi.waitFor(() => expect(heard).toEqual([{ text: "second", from: endpoint }]), WITHIN);
  });

  test("a port in use is refused with its address and the remedy", async () => {
    const { endpoint } = await openPeer(host);
    const opening = openUdpTransport({ bind: endpoint, onWarning: () => undefined });
    await expect(opening).rejects.toThrow(ConfigError);
    await expect(opening).rejects.toThrow(`bind: ${formatEndpoint(endpoint)} cannot be used`);
    await expect(opening).rejects.toThrow(/another process has that UDP port; end it, or choose/);
  });

  test("the port of another transport counts as in use, though that one shares it with itself", async () => {
    const { transport } = await openTransport(host);
    const opening = openUdpTransport({ bind: transport.local, onWarning: () => undefined });
    await expect(opening).rejects.toThrow(/another process has that UDP port/);
  });
});

test("an address that this machine lacks is refused with the remedy", async () => {
  const opening = openUdpTransport({
    bind: { host: "192.0.2.1", port: 0 },
    onWarning: () => undefined,
  });
  await expect(opening).rejects.toThrow(/192\.0\.2\.1:0 cannot be used: this machine has no such/);
});

test("two pings in a row to a dead port both leave and are refused one after the other", async () => {
  const { transport, refusals } = await openTransport("127.0.0.1");
  const endpoint = await closedPort("127.0.0.1");
  transport.send(bytes("one"), { endpoint, member: "b", probeSeq: 1 });
  transport.send(bytes("two"), { endpoint, member: "b", probeSeq: 2 });
  await vi.waitFor(() => expect(refusals.map(({ probeSeq }) => probeSeq)).toEqual([1, 2]), WITHIN);
  expect(transport.counters).toMatchObject({ repeated: 1, sendErrors: {} });
});

test("a ping whose place an old refusal took reaches the process that came back", async () => {
  const { transport, heard, refusals } = await openTransport("127.0.0.1");
  const endpoint = await closedPort("127.0.0.1");
  transport.send(bytes("one"), { endpoint, member: "b", probeSeq: 1 });
  await vi.waitFor(() => expect(refusals).toHaveLength(1), WITHIN);
  // Loopback refuses inside the send call, so the refusal of "two" is pending when "three" is sent
  // in the same turn.
  transport.send(bytes("two"), { endpoint, member: "b", probeSeq: 2 });
  const back = openPeer("127.0.0.1", { port: endpoint.port, echo: true });
  transport.send(bytes("three"), { endpoint, member: "b", probeSeq: 3 });
  await back;
  await vi.waitFor(() => expect(heard.map(({ text }) => text)).toContain("three"), WITHIN);
  expect(transport.counters.repeated).toBe(1);
  expect(refusals.at(-1)).toEqual({ member: "b", probeSeq: 2 });
});

test("a member that moved is pinged, and refused, at its new endpoint", async () => {
  const { transport, heard, refusals } = await openTransport("127.0.0.1");
  const before = await openPeer("127.0.0.1", { echo: true });
  transport.send(bytes("before"), { endpoint: before.endpoint, member: "b", probeSeq: 1 });
  await vi.waitFor(() => expect(heard).toHaveLength(1), WITHIN);
  const after = await closedPort("127.0.0.1");
  transport.send(bytes("after"), { endpoint: after, member: "b", probeSeq: 2 });
  await vi.waitFor(() => expect(refusals).toEqual([{ member: "b", probeSeq: 2 }]), WITHIN);
  expect(transport.probeSockets).toBe(1);
});

test("a probe socket without pings is closed after the idle time", async () => {
  const { transport } = await openTransport("127.0.0.1", { idleCloseMs: 20 });
  const peer = await openPeer("127.0.0.1");
  transport.send(bytes("ping"), { endpoint: peer.endpoint, member: "b", probeSeq: 1 });
  expect(transport.probeSockets).toBe(1);
  await vi.waitFor(() => expect(transport.probeSockets).toBe(0), WITHIN);
});

test("without refusals pings leave from the main socket", async () => {
  const { transport } = await openTransport("127.0.0.1", { refusals: false });
  const peer = await openPeer("127.0.0.1");
  transport.send(bytes("ping"), { endpoint: peer.endpoint, member: "b", probeSeq: 1 });
  await vi.waitFor(() => expect(peer.heard).toHaveLength(1), WITHIN);
  expect(transport.counters.probeSocketsOpened).toBe(0);
});

test("a send that the system does not take is counted by its code", async () => {
  const { transport } = await openTransport("127.0.0.1");
  const tooLong = new Uint8Array(70_000);
  const peer = await openPeer("127.0.0.1");
  transport.send(tooLong, { endpoint: peer.endpoint });
  transport.send(tooLong, { endpoint: peer.endpoint, member: "b", probeSeq: 1 });
  transport.send(bytes("x"), { endpoint: { host: "not.numeric", port: 1 } });
  await vi.waitFor(() => {
    expect(transport.counters.sendErrors).toEqual({ EMSGSIZE: 2, EINVAL: 1 });
  }, WITHIN);
});

test("on an IPv6 wildcard an IPv4 peer is spoken to and heard by its plain address", async () => {
  const { transport, heard, refusals } = await openTransport("::");
  const peer = await openPeer("127.0.0.1", { echo: true });
  transport.send(bytes("plain"), { endpoint: peer.endpoint });
  transport.send(bytes("ping"), { endpoint: peer.endpoint, member: "b", probeSeq: 1 });
  await vi.waitFor(() => expect(heard).toHaveLength(2), WITHIN);
  expect(heard.map(({ from }) => from)).toEqual([peer.endpoint, peer.endpoint]);
  await peer.close();
  transport.send(bytes("ping"), { endpoint: peer.endpoint, member: "b", probeSeq: 2 });
  await vi.waitFor(() => expect(refusals).toEqual([{ member: "b", probeSeq: 2 }]), WITHIN);
});

test("a burst of 2,000 datagrams that comes while the loop is blocked is not lost", async (context) => {
  const { transport, heard, warnings } = await openTransport("127.0.0.1");
  if (warnings.length > 0)
    context.skip(`the system granted only ${transport.recvBufferBytes} bytes`);
  const peer = await openPeer("127.0.0.1");
  const datagram = bytes("x".repeat(60));
  let sent = 0;
  // Loopback queues inside the send call; no turn of the loop in which anything is read comes in
  // between.
  for (let i = 0; i < 2000; i++) {
    peer.socket.send(datagram, transport.local.port, "127.0.0.1", () => sent++);
  }
  await vi.waitFor(() => expect(sent).toBe(2000), WITHIN);
  await vi.waitFor(() => expect(heard).toHaveLength(2000), WITHIN);
});

test("a closed transport delivers nothing, sends nothing, and may be closed again", async () => {
  const { transport, heard } = await openTransport("127.0.0.1");
  const peer = await openPeer("127.0.0.1", { echo: true });
  transport.send(bytes("ping"), { endpoint: peer.endpoint, member: "b", probeSeq: 1 });
  await vi.waitFor(() => expect(heard).toHaveLength(1), WITHIN);
  await transport.close();
  await transport.close();
  transport.send(bytes("late"), { endpoint: peer.endpoint });
  const next = await openUdpTransport({ bind: transport.local, onWarning: () => undefined });
  await next.close();
  expect(peer.heard.map(({ text }) => text)).toEqual(["ping"]);
});
