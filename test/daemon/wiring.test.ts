import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import type { EventBody } from "../../src/control/api-types.ts";
import type { ControlClient } from "../../src/control/client.ts";
import type { WiringCounts } from "../../src/control/wiring-types.ts";
import type { RunningDaemon } from "../../src/daemon/daemon.ts";
import { parseHostPort } from "../../src/daemon/settings/host-port.ts";
import { createHelloCodec } from "../../src/wire/hello.ts";
import { start } from "./started-daemon.ts";

const WITHIN = { timeout: 5000, interval: 5 };
const codec = createHelloCodec("hearsay");

test.each([true, false])(
  "with wires %s a daemon answers the hello of an observer, and ends the wire with itself",
  async (wires) => {
    const { daemon, client } = await start("a", { wires, spies: wires });
    const socket = connectTo(daemon);
    socket.write(codec.encode({ sender: "b", startId: "1".repeat(24), target: "a" }));
    const [answer] = await once(socket, "data");
    const { name, startId } = daemon.ready;
    expect(codec.decode(answer)?.hello).toEqual({ sender: name, startId, target: "b" });
    expect((await client.self()).traffic.wiring).toMatchObject({ accepted: 1, acceptedWires: 1 });
    const ended = once(socket, "end");
    await daemon.stop();
    await ended;
  },
);

test("what strangers do is counted where the operator looks", async () => {
  const { daemon, client } = await start("a");
  const stranger = connectTo(daemon);
  stranger.write("GET / HTTP/1.1\r\n\r\n");
  await vi.waitFor(async () => {
    const { traffic } = await client.self();
    expect(traffic.wiring.turnedAway).toEqual({ "too-long": 1 });
  }, WITHIN);
  expect((await client.metrics()).split("\n")).toContain(
    'hearsay_connections_turned_away_total{reason="too-long"} 1',
  );
});

test("members wire each other, and one that stops without a goodbye is known by its wire", async () => {
  const [a, b] = await startPair();
  const { index } = await a.client.members();
  await b.daemon.stop();
  const changes = await changesOf(a.client, "b", index, "dead");
  expect(changes.at(-1)).toMatchObject({ cause: "crash" });
  expect((await wiringOf(a)).wires).toBe(0);
});

test("one that leaves says so before its wires end, and nobody doubts it", async () => {
  const [a, b] = await startPair();
  const { index } = await a.client.members();
  const observer = connectTo(b.daemon);
  observer.write(codec.encode({ sender: "c", startId: "1".repeat(24), target: "b" }));
  await once(observer, "data");
  const ended = once(observer, "end").then(() => a.daemon.node.snapshot().members);
  await b.daemon.leave();
  const members = await ended;
  expect(members.find(({ record }) => record.name === "b")?.state).toBe("left");
  const changes = await changesOf(a.client, "b", index, "left");
  expect(changes.map(({ to }) => to)).toEqual(["left"]);
});

test("a node without wires is wired by others all the same", async () => {
  const a = await start("a", { wires: false });
  const b = await start("b", { join: a.address });
  await vi.waitFor(async () => expect((await wiringOf(b)).wires).toBe(1), WITHIN);
  expect(await wiringOf(a)).toMatchObject({ wires: 0, opened: 0, acceptedWires: 1 });
});

test("rules about links are rules about wires", async () => {
  const [a] = await startPair();
  await a.client.setFaults({ rules: [{ from: ["a"], to: ["b"], drop: 1, reject: true }] });
  await vi.waitFor(async () => expect((await wiringOf(a)).wires).toBe(0), WITHIN);
  await a.client.healFaults();
  await vi.waitFor(async () => expect((await wiringOf(a)).wires).toBe(1), WITHIN);
});

/** Two daemons, each with a wire to the other. */
async function startPair() {
  const a = await start("a", { allowFaults: true });
  const b = await start("b", { join: a.address, allowFaults: true });
  await vi.waitFor(async () => {
    for (const each of [a, b]) {
      expect(await wiringOf(each)).toMatchObject({ wires: 1, acceptedWires: 1 });
    }
  }, WITHIN);
  return [a, b] as const;
}

async function wiringOf({ client }: { readonly client: ControlClient }): Promise<WiringCounts> {
  return (await client.self()).traffic.wiring;
}

/** A connection of some other program to the gossip port. */
function connectTo({ ready }: RunningDaemon): Socket {
  const { host, port } = parseHostPort(ready.address, 0) ?? expect.unreachable(ready.address);
  const socket = connect({ host, port });
  socket.on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

type Change = Extract<EventBody, { event: "member-changed" }>;

/** The changes of that member after an index, up to the first one to that state. */
async function changesOf(
  client: ControlClient,
  name: string,
  since: number,
  to: string,
): Promise<Change[]> {
  const changes: Change[] = [];
  const signal = AbortSignal.timeout(5000);
  for await (const item of client.events({ since, signal })) {
    if (!("event" in item) || item.event.event !== "member-changed") continue;
    if (item.event.member === name) changes.push(item.event);
    if (changes.at(-1)?.to === to) return changes;
  }
  return expect.unreachable("no such change came in time");
}
