import { expect, test, vi } from "vitest";
import { createHelloCodec, type Hello } from "../../../src/wire/hello.ts";
import { openStranger, openWiring, run, SOON_MS } from "./wirings.ts";

const WITHIN = { timeout: SOON_MS, interval: 5 };
const HELLO: Hello = { sender: "b", startId: run(2), target: "a" };
const VALID = createHelloCodec("test").encode(HELLO);

test("who says nothing is closed within a second or so, and counted", async () => {
  const a = await openWiring("a");
  const startMs = performance.now();
  await openStranger(a.endpoint).gone;
  expect(performance.now() - startMs).toBeGreaterThan(950);
  expect(a.wiring.counters.turnedAway).toEqual({ silent: 1 });
});

test("who says a hello slower than that is closed, too", async () => {
  const a = await openWiring("a");
  const stranger = openStranger(a.endpoint);
  let said = 0;
  const saying = setInterval(() => stranger.write(VALID.subarray(said, ++said)), 100);
  await stranger.gone;
  clearInterval(saying);
  expect(said).toBeGreaterThan(2);
  expect(a.wiring.counters.turnedAway).toEqual({ silent: 1 });
});

test.each([
  ["too-long", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ["too-short", Buffer.from([0, 0])],
  ["label", createHelloCodec("other").encode(HELLO)],
  ["version", VALID.with(2, 2)],
  ["mode", VALID.with(3, 2)],
  ["key", VALID.with(3, 1)],
  ["garbage", VALID.with(VALID.length - 5, 0xc1)],
  ["other-member", createHelloCodec("test").encode({ ...HELLO, target: "c" })],
  ["own-name", createHelloCodec("test").encode({ ...HELLO, sender: "a" })],
])("%s: closed at once, and counted by that", async (reason, bytes) => {
  const a = await openWiring("a");
  const stranger = openStranger(a.endpoint);
  stranger.write(bytes);
  await stranger.gone;
  expect(a.wiring.counters.turnedAway).toEqual({ [reason]: 1 });
});

test("who sends without end is closed by what it sent, before the hello and after it", async () => {
  const a = await openWiring("a");
  const flood = (first: Uint8Array) => {
    const stranger = openStranger(a.endpoint);
    stranger.write(first);
    const pour = () => {
      while (!stranger.destroyed && stranger.write(Buffer.alloc(1 << 20))) {}
    };
    stranger.on("drain", pour);
    pour();
    return stranger.gone;
  };
  await Promise.all([flood(Buffer.alloc(0)), flood(VALID)]);
  expect(a.wiring.counters.turnedAway).toEqual({ "too-short": 1, chatty: 1 });
});

test("pokes are taken, 64 of them in a minute", async () => {
  const a = await openWiring("a");
  const observer = openStranger(a.endpoint);
  observer.write(VALID);
  observer.write(Buffer.alloc(64));
  await vi.waitFor(() => expect(a.wiring.acceptedWires).toBe(1), WITHIN);
  observer.write(Buffer.alloc(1));
  await observer.gone;
  expect(a.wiring.counters.turnedAway).toEqual({ chatty: 1 });
});

test("of more than 128 that say nothing the oldest goes, and a member still gets its wire", async () => {
  const a = await openWiring("a");
  const strangers = Array.from({ length: 130 }, () => openStranger(a.endpoint));
  await vi.waitFor(() => expect(a.wiring.counters.turnedAway.crowded).toBe(2), WITHIN);
  const b = await openWiring("b");
  b.wiring.keep([a.target]);
  expect(await b.reports.count(1)).toEqual(["opened a 1"]);
  await Promise.all(strangers.map(({ gone }) => gone));
  // The member's connection makes one more go, unless their time was over before it came.
  const { crowded = 0, silent = 0 } = a.wiring.counters.turnedAway;
  expect(crowded + silent).toBe(130);
});

test("of 1,100 that introduce themselves 1,024 have a wire", async () => {
  const a = await openWiring("a");
  const { counters } = a.wiring;
  for (let come = 100; come <= 1100; come += 100) {
    for (let i = 0; i < 100; i++) openStranger(a.endpoint).write(VALID);
    const settled = () => expect(counters.accepted + (counters.turnedAway.full ?? 0)).toBe(come);
    await vi.waitFor(settled, WITHIN);
  }
  expect(counters).toMatchObject({ accepted: 1024, turnedAway: { full: 76 } });
  expect(a.wiring.acceptedWires).toBe(1024);
});

/** The hello with another byte in one place. */
