import { expect, test, vi } from "vitest";
import { createHelloCodec } from "../../../src/wire/hello.ts";
import { openServer, openSpeaker, openWired, openWiring, run, SOON_MS } from "./wirings.ts";

const WITHIN = { timeout: SOON_MS, interval: 5 };
const codec = createHelloCodec("test");

test("a wire is reported as open once its member has answered, and both ends count it", async () => {
  const a = await openWiring("a");
  const b = await openWiring("b");
  a.wiring.keep([b.target]);
  expect(a.reports.all).toEqual([]);
  expect(await a.reports.count(1)).toEqual(["opened b 1"]);
  expect([a.wiring.wires, b.wiring.acceptedWires]).toEqual([1, 1]);
  expect(b.reports.all).toEqual([]);
});

test("the wire to a member that ends is reported as ended, and one that is reset as reset", async () => {
  const { a, b } = await openWired();
  await b.wiring.close();
  expect(await a.reports.count(2)).toEqual(["opened b 1", "closed b 1 ended"]);
  const hello = codec.encode({ sender: "c", startId: run(7), target: "a" });
  const c = await openSpeaker(hello);
  a.wiring.keep([{ ...c.target, member: "c", startId: run(7) }]);
  await a.reports.count(3);
  c.sockets[0]?.resetAndDestroy();
  expect((await a.reports.count(4)).slice(2)).toEqual(["opened c 7", "closed c 7 reset"]);
});

test("another run of the member, and another member, are not wired", async () => {
  const a = await openWiring("a");
  const b = await openWiring("b", { startId: run(2) });
  a.wiring.keep([
    { ...b.target, startId: run(1) },
    { ...b.target, member: "c" },
  ]);
  await vi.waitFor(() => {
    expect(a.wiring.counters.failed["other-run"]).toBeGreaterThan(0);
    expect(b.wiring.counters.turnedAway["other-member"]).toBeGreaterThan(0);
  }, WITHIN);
  expect(a.reports.all).toEqual([]);
  expect(a.wiring.wires).toBe(0);
});

test("an answer in the name of another member is not believed", async () => {
  const a = await openWiring("a");
  const liar = await openSpeaker(codec.encode({ sender: "c", startId: run(1), target: "a" }));
  a.wiring.keep([liar.target]);
  await vi.waitFor(
    () => expect(a.wiring.counters.failed["other-member"]).toBeGreaterThan(0),
    WITHIN,
  );
  expect(a.reports.all).toEqual([]);
});

test("a wire that closes is opened again by itself", async () => {
  const { a, b } = await openWired();
  await b.wiring.close();
  await a.reports.count(2);
  await openWiring("b", { endpoint: b.endpoint });
  expect((await a.reports.count(3)).at(-1)).toBe("opened b 1");
});

test("what fails is tried again after 100 ms, then after twice as long each time", async () => {
  const a = await openWiring("a");
  const atMs: number[] = [];
  const broken = await openServer((socket) => {
    atMs.push(performance.now());
    socket.destroy();
  });
  a.wiring.keep([{ member: "b", startId: run(1), endpoint: broken.endpoint }]);
  await broken.connections(4);
  const waits = atMs.slice(1).map((at, index) => at - (atMs[index] ?? 0));
  // Each is between half of it and all of it, and the time that a connect takes.
  expect(waits[0]).toBeGreaterThan(48);
  expect(waits[1]).toBeGreaterThan(98);
  expect(waits[2]).toBeGreaterThan(198);
});

test("another run, or another endpoint, of a member is asked at once, and its old wire is closed unreported", async () => {
  const { a, b } = await openWired();
  const back = await openWiring("b", { startId: run(2) });
  a.wiring.keep([back.target]);
  expect(await a.reports.count(2)).toEqual(["opened b 1", "opened b 2"]);
  await vi.waitFor(() => expect(b.wiring.acceptedWires).toBe(0), WITHIN);
  expect(a.wiring.wires).toBe(1);
});

test("who is wanted still keeps the wire; who is not, and who never was, has none", async () => {
  const a = await openWiring("a");
  const [b, c] = [await openWiring("b"), await openWiring("c")];
  a.wiring.keep([b.target, c.target]);
  await a.reports.count(2);
  a.wiring.keep([{ ...b.target }, b.target]);
  await vi.waitFor(() => expect(c.wiring.acceptedWires).toBe(0), WITHIN);
  expect([a.wiring.wires, b.wiring.counters.accepted]).toEqual([1, 1]);
  expect(a.reports.all).toHaveLength(2);
});

test("a poke is one byte on an open wire, and nothing without one", async () => {
  const a = await openWiring("a");
  const bytes: number[] = [];
  const b = await openServer((socket) => {
    socket.on("data", (chunk: Buffer) => bytes.push(...chunk));
    socket.once("data", () =>
      socket.write(codec.encode({ sender: "b", startId: run(1), target: "a" })),
    );
  });
  a.wiring.poke("b");
  a.wiring.keep([{ member: "b", startId: run(1), endpoint: b.endpoint }]);
  a.wiring.poke("b");
  await a.reports.count(1);
  a.wiring.poke("b");
  const hello = codec.encode({ sender: "a", startId: run(1), target: "b" });
  await vi.waitFor(() => expect(bytes).toEqual([...hello, 0]), WITHIN);
});

test("a member that accepts and says nothing is given up after 3 s, and one that talks is let go", async () => {
  const a = await openWiring("a");
  const mute = await openServer((socket) => socket.resume());
  const hello = codec.encode({ sender: "c", startId: run(1), target: "a" });
  const talker = await openSpeaker(Buffer.concat([hello, Buffer.alloc(65)]));
  const startMs = performance.now();
  a.wiring.keep([
    { member: "b", startId: run(1), endpoint: mute.endpoint },
    { ...talker.target, member: "c" },
  ]);
  expect((await a.reports.count(2)).slice(0, 2)).toEqual(["opened c 1", "closed c 1 reset"]);
  const [socket] = await mute.connections(1);
  await new Promise((resolve) => socket?.on("close", resolve));
  expect(performance.now() - startMs).toBeGreaterThan(2950);
  expect(a.wiring.counters.failed).toEqual({ silent: 1 });
});

test("a closed wiring reports nothing, keeps nothing, dials nothing, and may be closed again", async () => {
  const { a, b } = await openWired();
  const closing = a.wiring.close();
  a.wiring.keep([b.target]);
  a.wiring.dial("b", b.endpoint, 1);
  await closing;
  await a.wiring.close();
  // What a began before this would be there by now.
  const c = await openWiring("c");
  c.wiring.keep([b.target]);
  await c.reports.count(1);
  expect(b.wiring.counters).toMatchObject({ accepted: 2, wordless: 0 });
  expect(a.reports.all).toEqual(["opened b 1"]);
  expect(a.wiring.counters).toMatchObject({ opened: 1, failed: {}, dials: {} });
});
