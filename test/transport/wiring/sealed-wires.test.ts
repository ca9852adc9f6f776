import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, test, vi } from "vitest";
import type { Endpoint } from "../../../src/core/member.ts";
import type { GossipEncryption } from "../../../src/keys/keyring.ts";
import { createHelloCodec, type HelloCodec, type HelloProof } from "../../../src/wire/hello.ts";
import { sealOf } from "../../keys/sealed.ts";
import { openServer, openSpeaker, openStranger, openWiring, run, SOON_MS } from "./wirings.ts";

const WITHIN = { timeout: SOON_MS, interval: 5 };

/** The hellos of a node that holds these keys; without keys, of one in the clear. */
function hellos(keys: readonly number[], encryption?: GossipEncryption): HelloCodec {
  return createHelloCodec("test", keys.length > 0 ? sealOf(keys, encryption, "hello") : undefined);
}

/** Which keys a node holds and how it uses them, such as `21 prefer`; without a word, it holds none. */
function hellosOf(words: string): HelloCodec {
  const [keys = "", encryption] = words.split(" ");
  return hellos(Array.from(keys, Number), encryption as GossipEncryption | undefined);
}

describe("who gets a wire", () => {
  test.each([
    ["", "1 accept"],
    ["", "1 prefer"],
    ["1 accept", ""],
    ["1 accept", "1 accept"],
    ["1 accept", "1 prefer"],
    ["1 prefer", "1 accept"],
    ["1 prefer", "1 require"],
    ["1 require", "1 accept"],
    ["1 require", "1 require"],
    ["21 require", "12 require"],
  ])("keys %j from keys %j", async (observer, subject) => {
    const a = await openWiring("a", { codec: hellosOf(observer) });
    const b = await openWiring("b", { codec: hellosOf(subject) });
    a.wiring.keep([b.target]);
    expect(await a.reports.count(1)).toEqual(["opened b 1"]);
    await vi.waitFor(() => expect(b.wiring.acceptedWires).toBe(1), WITHIN);
    await b.wiring.close();
    expect(await a.reports.count(2)).toEqual(["opened b 1", "closed b 1 ended"]);
  });

  test.each([
    ["plaintext", "", "1 require"],
    ["plaintext", "1 accept", "1 require"],
    ["key", "1 prefer", ""],
    ["key", "1 require", "2 require"],
  ])("%s: not keys %j from keys %j", async (reason, observer, subject) => {
    const a = await openWiring("a", { codec: hellosOf(observer) });
    const b = await openWiring("b", { codec: hellosOf(subject) });
    a.wiring.keep([b.target]);
    await vi.waitFor(() => expect(b.wiring.counters.turnedAway[reason]).toBeGreaterThan(0), WITHIN);
    expect([a.wiring.wires, b.wiring.acceptedWires]).toEqual([0, 0]);
    expect(a.reports.all).toEqual([]);
  });
});

/** Stands between an observer and a subject, and keeps what each of them says. */
async function openRecorder(to: Endpoint) {
  const said: { observer: Buffer[]; subject: Buffer[] } = { observer: [], subject: [] };
  const onward: Socket[] = [];
  const { endpoint } = await openServer((observer) => {
    const subject = connect(to);
    onward.push(subject);
    subject.on("error", () => undefined);
    observer.on("data", (chunk) => {
      said.observer.push(chunk);
      subject.write(chunk);
    });
    subject.on("data", (chunk) => {
      said.subject.push(chunk);
      observer.write(chunk);
    });
  });
  return { endpoint, said, close: () => onward.forEach((socket) => void socket.destroy()) };
}

async function recordWire() {
  const a = await openWiring("a", { codec: hellos([1]) });
  const b = await openWiring("b", { codec: hellos([1]) });
  const recorder = await openRecorder(b.endpoint);
  a.wiring.keep([{ ...b.target, endpoint: recorder.endpoint }]);
  await a.reports.count(1);
  await vi.waitFor(() => expect(b.wiring.acceptedWires).toBe(1), WITHIN);
  a.wiring.keep([]);
  recorder.close();
  await vi.waitFor(() => expect(b.wiring.acceptedWires).toBe(0), WITHIN);
  return { a, b, said: recorder.said };
}

test("what an observer said opens no wire when it is said again", async () => {
  const { b, said } = await recordWire();
  const [first, last] = said.observer;
  const stranger = openStranger(b.endpoint);
  stranger.write(first ?? "");
  await once(stranger, "data");
  stranger.write(last ?? "");
  await stranger.gone;
  expect(b.wiring.counters.turnedAway).toEqual({ proof: 1 });
  expect(b.wiring.counters.accepted).toBe(1);
});

test("what an observer said at the end proves nothing at the beginning, nor with all in one", async () => {
  const { b, said } = await recordWire();
  const [first, last] = said.observer;
  for (const bytes of [last ?? "", Buffer.concat([first ?? Buffer.of(), last ?? Buffer.of()])]) {
    const stranger = openStranger(b.endpoint);
    stranger.write(bytes);
    await stranger.gone;
  }
  expect(b.wiring.counters.turnedAway).toEqual({ proof: 2 });
});

test("a recorded answer of a member convinces none of its observers", async () => {
  const { a, said } = await recordWire();
  const opened = a.wiring.counters.opened;
  const actor = await openSpeaker(said.subject[0] ?? expect.unreachable());
  a.wiring.keep([actor.target]);
  await vi.waitFor(() => expect(a.wiring.counters.failed.proof).toBeGreaterThan(0), WITHIN);
  expect(a.wiring.counters.opened).toBe(opened);
});

test("an answer in the clear convinces no observer that asked for a proof", async () => {
  const a = await openWiring("a", { codec: hellos([1], "prefer") });
  const answer = hellos([]).encode({ sender: "b", startId: run(1), target: "a" });
  a.wiring.keep([(await openSpeaker(answer)).target]);
  await vi.waitFor(() => expect(a.wiring.counters.failed.proof).toBeGreaterThan(0), WITHIN);
  expect(a.wiring.wires).toBe(0);
});

test("a mirror is not a member", async () => {
  const a = await openWiring("a", { codec: hellos([1]) });
  const mirror = await openServer((socket) => void socket.pipe(socket));
  a.wiring.keep([{ member: "b", startId: run(1), endpoint: mirror.endpoint }]);
  await vi.waitFor(
    () => expect(a.wiring.counters.failed["other-member"]).toBeGreaterThan(0),
    WITHIN,
  );
  expect(a.wiring.wires).toBe(0);
});

const MINE = new Uint8Array(16).fill(1);
const NOT_ASKED = new Uint8Array(16).fill(2);

test.each<[string, (theirs: Uint8Array) => HelloProof & { sender?: string; startId?: string }]>([
  ["another answer", () => ({ step: 3, challenge: MINE, answer: NOT_ASKED })],
  ["its own challenge as the answer", () => ({ step: 3, challenge: MINE, answer: MINE })],
  ["another challenge", (theirs) => ({ step: 3, challenge: NOT_ASKED, answer: theirs })],
  ["another step", (theirs) => ({ step: 2, challenge: MINE, answer: theirs })],
  ["the first step again", () => ({ step: 1, challenge: MINE, answer: new Uint8Array(0) })],
  ["another sender", (theirs) => ({ step: 3, challenge: MINE, answer: theirs, sender: "c" })],
  ["another run", (theirs) => ({ step: 3, challenge: MINE, answer: theirs, startId: run(3) })],
])("a last hello with %s opens no wire", async (_, last) => {
  const codec = hellos([1]);
  const b = await openWiring("b", { codec: hellos([1]) });
  const observer = openStranger(b.endpoint);
  const hello = { sender: "a", startId: run(2), target: "b" };
  const first = { step: 1, challenge: MINE, answer: new Uint8Array(0) } as const;
  observer.write(codec.encode({ ...hello, proof: first }));
  const [chunk] = await once(observer, "data");
  const answer = codec.decode(chunk)?.hello.proof;
  expect(answer).toMatchObject({ step: 2, answer: MINE });
  const { sender, startId, ...proof } = last(answer?.challenge ?? NOT_ASKED);
  const changed = { ...(sender && { sender }), ...(startId && { startId }) };
  observer.write(codec.encode({ ...hello, ...changed, proof }));
  await observer.gone;
  expect(b.wiring.counters.turnedAway).toEqual({ proof: 1 });
  expect(b.wiring.counters.accepted).toBe(0);
});

test("who asks and does not answer is closed after a second", async () => {
  const b = await openWiring("b", { codec: hellos([1]) });
  const stranger = openStranger(b.endpoint);
  const proof = { step: 1, challenge: MINE, answer: new Uint8Array(0) } as const;
  stranger.write(hellos([1]).encode({ sender: "a", startId: run(2), target: "b", proof }));
  await stranger.gone;
  expect(b.wiring.counters.turnedAway).toEqual({ silent: 1 });
});
