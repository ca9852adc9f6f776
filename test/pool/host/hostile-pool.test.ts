import { createSocket } from "node:dgram";
import { expect, onTestFinished, test, vi } from "vitest";
import { connectControl } from "../../../src/control/client.ts";
import { formatEndpoint } from "../../../src/core/member.ts";
import { QUIET_LOG } from "../../../src/daemon/daemon-log.ts";
import { startGuest } from "../../../src/daemon/guest/guest-daemon.ts";
import { resolveGuestSettings } from "../../../src/daemon/guest/guest-settings.ts";
import type { TransportReceiver } from "../../../src/host/ports.ts";
import { PoolHost, type PoolHostOptions } from "../../../src/pool/host/pool-host.ts";
import { sealPacket } from "../../../src/pool/wire/envelope.ts";
import { deflateLzw } from "../../../src/pool/wire/lzw.ts";
import { nameOf } from "../../../src/pool/wire/member-name.ts";
import { MESSAGE_TYPE, type PoolMessage } from "../../../src/pool/wire/messages.ts";
import { sealPushPull } from "../../../src/pool/wire/push-pull.ts";
import { packStruct } from "../../../src/pool/wire/raw-writer.ts";
import { IN_THE_CLEAR } from "../golden/golden.ts";
import { type FakeMember, recordAt, startFakeMember } from "./fake-member.ts";

const WAIT = { timeout: 10_000, interval: 20 };

async function guestOf({ endpoint }: FakeMember) {
  const settings = resolveGuestSettings({
    ...{ addresses: [formatEndpoint(endpoint)], name: "guest", api: "127.0.0.1:0" },
  });
  const guest = await startGuest(settings, { log: QUIET_LOG });
  const client = connectControl(guest.apiUrl);
  onTestFinished(async () => {
    client.close();
    await guest.stop();
  });
  return { guest, client };
}

const compressed = (plain: Uint8Array) =>
  Uint8Array.of(MESSAGE_TYPE.compressed, ...packStruct({ Algo: 0, Buf: deflateLzw(plain) }));
const packet = (...messages: PoolMessage[]) => sealPacket(messages, IN_THE_CLEAR);

test("a member may be called anything: the API finds it, metrics and JSON stay well-formed", async () => {
  const member = await startFakeMember();
  const readable = ["plain", "\u001b[2J\u0007", 'a"b\\c\nd', "x/../y?z#w", "ü".repeat(100), "n 1"];
  const names = [...readable, "..", nameOf(Uint8Array.of(0xff, 0xfe, 0x41))];
  member.members = names.map((name) => ({
    record: recordAt(name, member.endpoint),
    state: "alive",
  }));
  const { client } = await guestOf(member);
  const { members } = await client.members();
  expect(members.map(({ name }) => name).sort()).toEqual([...names].sort());
  for (const name of readable) {
    expect((await client.explain(name)).name).toBe(name);
  }
  const samples = (await client.metrics()).split("\n").filter((line) => !line.startsWith("#"));
  for (const sample of samples) {
    expect(sample).toMatch(/^$|^\w+(\{(\w+="([^"\\\n]|\\["\\n])*",?)+\})? \S+$/);
  }
});

test("bombs and garbage beside the acks are dropped and counted, and the member stays alive", async () => {
  const member = await startFakeMember();
  member.members = [{ record: recordAt("m", member.endpoint), state: "alive" }];
  member.packets = [
    compressed(new Uint8Array(1_000_000)),
    Uint8Array.of(MESSAGE_TYPE.compound, 255, 0, 1),
    Uint8Array.of(99, 1, 2, 3),
    new Uint8Array(0),
    packet({ kind: "dead", member: "\u0000", incarnation: 0xffffffff, by: "nobody" }),
    packet({ kind: "ack", seq: 0xffffffff }, { kind: "nack", seq: 7 }),
    // A broken part of a good packet: a suspicion of nobody.
    packet({ kind: "nack", seq: 8 }, { kind: "suspect", member: "", incarnation: 1, by: "m" }),
  ];
  const { guest, client } = await guestOf(member);
  await vi.waitFor(async () => {
    const { traffic } = await client.self();
    expect(Object.keys(traffic.dropped)).toEqual(
      expect.arrayContaining(["bomb", "type", "garbage", "name"]),
    );
  }, WAIT);
  const [seen] = guest.node.snapshot().members;
  expect(seen).toMatchObject({ state: "alive", record: { name: "m" } });
  expect(seen?.phi).not.toBeNull();
});

test("a packet from an address that sends too many is not read, and counted", () => {
  const receivers: TransportReceiver[] = [];
  const host = new PoolHost({
    admits: ({ port }: { readonly port: number }) => port !== 666,
    transport: { listen: (to: TransportReceiver) => receivers.push(to), send: () => {} },
    security: IN_THE_CLEAR,
    watch: { step: () => [], nextWakeupAt: () => undefined, dropped: {} },
    clock: { nowMs: () => 0, cancelWake: () => {} },
  } as unknown as PoolHostOptions);
  host.start();
  for (const port of [666, 7946, 666]) {
    receivers[0]?.onDatagram(packet({ kind: "nack", seq: 7 }), { host: "10.0.0.1", port });
  }
  expect(host.dropped).toEqual({ rate: 2 });
  expect(host.counters.received).toMatchObject({ nack: { datagrams: 1 } });
});

test("a guest reads no flood, says so, and hears the member beside it all the while", async () => {
  const member = await startFakeMember();
  member.members = [{ record: recordAt("m", member.endpoint), state: "alive" }];
  const { guest, client } = await guestOf(member);
  const { hostname: host, port } = new URL(`udp://${guest.node.identity.address}`);
  const stranger = createSocket("udp4");
  onTestFinished(() => void stranger.close());
  const rate = () => guest.node.traffic().dropped.rate ?? 0;
  await vi.waitFor(() => {
    for (let count = 0; count < 500; count++) stranger.send("junk", Number(port), host);
    expect(rate()).toBeGreaterThan(0);
  }, WAIT);
  expect(guest.node.events.after(0, 100).map(({ event }) => event)).toContain("datagrams-limited");
  const { pings } = member;
  const before = { pings: pings(), acks: guest.node.traffic().received.ack?.datagrams ?? 0 };
  await vi.waitFor(() => {
    for (let count = 0; count < 500; count++) stranger.send("junk", Number(port), host);
    expect(pings()).toBeGreaterThan(before.pings + 1);
    expect(guest.node.traffic().received.ack?.datagrams).toBeGreaterThan(before.acks + 1);
  }, WAIT);
  expect((await client.members()).members[0]).toMatchObject({ name: "m", state: "alive" });
});

test("two members of one name are one row, by the pool's own rule", async () => {
  const member = await startFakeMember();
  const other = { host: "127.0.0.1", port: 1 };
  member.members = [
    { record: recordAt("twin", member.endpoint, 3), state: "alive" },
    { record: recordAt("twin", other, 3), state: "alive" },
  ];
  const { client } = await guestOf(member);
  const { members } = await client.members();
  expect(members.map(({ name }) => name)).toEqual(["twin"]);
});

test("a pool that is announced to be far too large is taken in up to the limit", async () => {
  const member = await startFakeMember();
  const members = Array.from({ length: 3_000 }, (_, at) => ({
    record: recordAt(`m${at}`, { host: `127.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, port: 1 }),
    state: "dead" as const,
  }));
  // Made before, since the guest waits for it.
  const nothing = new Uint8Array();
  member.stream = sealPushPull({ isJoin: false, members, userState: nothing }, IN_THE_CLEAR);
  const { client } = await guestOf(member);
  const taken = (await client.members()).members.length;
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThanOrEqual(1_000);
});

test("a view that breaks off later leaves what was known", async () => {
  const member = await startFakeMember();
  member.members = [{ record: recordAt("m", member.endpoint), state: "alive" }];
  const { client } = await guestOf(member);
  member.stream = Uint8Array.of(MESSAGE_TYPE["push-pull"], 0x83, 0xa5);
  const { views } = await client.views({ waitMs: 300 });
  expect(views.find(({ viewer }) => viewer === "m")?.entries).toEqual([]);
  expect((await client.members()).members).toMatchObject([{ name: "m", state: "alive" }]);
});
