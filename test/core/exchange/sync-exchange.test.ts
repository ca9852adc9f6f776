import { describe, expect, test } from "vitest";
import type { BeliefUpdate } from "../../../src/core/member.ts";
import type { MessageBody } from "../../../src/core/message.ts";
import { type Hash64, hash64 } from "../../../src/core/primitives/hash.ts";
import { createCodec } from "../../../src/wire/codec.ts";
import { belief, CONFIG, header, names, record } from "../builders.ts";
import { DrivenNode } from "../driven-node.ts";
import { type Delivery, Wire } from "../wire.ts";

const codec = createCodec({ clusterLabel: "test" });

function nodeNamed(name: string, knows: readonly BeliefUpdate[] = [], hasSeeds = true): DrivenNode {
  const node = new DrivenNode({ name, sizer: codec.sizer, hasSeeds });
  for (let at = 0; at < knows.length; at += 20) {
    node.hear("teacher", { kind: "sync-push" }, { updates: knows.slice(at, at + 20) });
  }
  return node;
}

function alive(count: number): BeliefUpdate[] {
  return names(count).map((name) => belief(record(name)));
}

/** Two nodes that do not know each other, and know so many members, with a wire between them. */
function apart(oldKnows: number, youngKnows = 0) {
  const old = nodeNamed("old", alive(oldKnows));
  const young = nodeNamed("young", alive(youngKnows));
  return { old, young, wire: new Wire(old, young) };
}

function dial(asker: DrivenNode, peer: DrivenNode): void {
  asker.step({ kind: "join", seeds: [peer.self.endpoint] });
}

function expectFits({ message }: Delivery): void {
  expect(codec.encode(message).length).toBeLessThanOrEqual(CONFIG.datagramBytesMax);
}

const isPage = ({ message }: Delivery) => message.body.kind === "sync-page";

test("a node that joins takes over 1,000 members, page by page, and both views are equal", () => {
  const { old, young, wire } = apart(1000);
  dial(young, old);
  wire.settle();
  expect(young.snapshot.members).toHaveLength(1002);
  expect(young.snapshot.viewDigest).toBe(old.snapshot.viewDigest);
  const pages = wire.carried.filter(isPage);
  expect(pages.length).toBeGreaterThan(20);
  for (const page of pages) expectFits(page);
  expect(young.eventsOf("joined")[0]?.event).toMatchObject({ through: "old", members: 1002 });
});

test("a peer that always has another page of a sync is not asked for ever", () => {
  const node = nodeNamed("young");
  const endpoint = { host: "127.0.0.1", port: 1 };
  node.step({ kind: "join", seeds: [endpoint] });
  const page = (seq: number) =>
    ({ kind: "sync-page", seq, buckets: [], next: "x", digest: hash64("any") }) as const;
  const asked = () => node.sentOf("sync-request").map(({ message }) => message.body.seq);
  for (let at = 0; at < 20; at++) node.hear("old", page(asked().at(-1) ?? 0), { endpoint });
  expect(new Set(asked()).size).toBe(2);
});

test("what the asker knows better is pushed over as many datagrams as it takes", () => {
  const { old, young, wire } = apart(0, 100);
  dial(young, old);
  wire.settle();
  const pushes = wire.carried.filter(({ message }) => message.body.kind === "sync-push");
  expect(pushes.length).toBeGreaterThan(3);
  for (const push of pushes) expectFits(push);
  expect(old.snapshot.viewDigest).toBe(young.snapshot.viewDigest);
});

test("a lost page is asked for again, from where the last one ended", () => {
  const { old, young, wire } = apart(200);
  let pages = 0;
  wire.loses = (delivery) => isPage(delivery) && ++pages === 3;
  dial(young, old);
  wire.settle();
  expect(young.eventsOf("joined")).toEqual([]);
  const requestsBefore = young.sentOf("sync-request");
  wire.run(600);
  const after = young.sentOf("sync-request").map(({ message }) => message.body.after);
  expect(after[requestsBefore.length]).toBe(requestsBefore.at(-1)?.message.body.after);
  expect(after.filter((name) => name === null)).toHaveLength(1);
  expect(young.snapshot.viewDigest).toBe(old.snapshot.viewDigest);
  expect(young.eventsOf("joined")).toHaveLength(1);
});

test("a dial that nobody answers is repeated by the next dial, and is told as no sync", () => {
  const { old, young, wire } = apart(10);
  wire.loses = () => true;
  dial(young, old);
  wire.run(1500);
  expect(young.eventsOf("sync-finished")).toEqual([]);
  wire.loses = () => false;
  wire.run(3000);
  expect(young.eventsOf("joined")).toHaveLength(1);
});

test("a next page that never comes is asked for eight times, then the sync has failed", () => {
  const { old, young, wire } = apart(200);
  let pages = 0;
  wire.loses = (delivery) => isPage(delivery) && ++pages > 1;
  dial(young, old);
  wire.run(4000);
  const [first, ...again] = young.sentOf("sync-request").map(({ message }) => message.body.after);
  expect(first).toBeNull();
  expect(new Set(again.slice(0, 8)).size).toBe(1);
  const ended = young.eventsOf("sync-finished")[0];
  expect(ended).toMatchObject({ at: 4000, event: { outcome: "failed" } });
});

const lengthOf = ({ message }: Delivery) => codec.encode(message).length;
const isLong = (delivery: Delivery) => lengthOf(delivery) > 576 - 28;

/** The path carries nothing that `loses` says yes to, as "young" joins and in the minute after. */
function joinOver(loses: Wire["loses"]) {
  const { old, young, wire } = apart(200);
  wire.loses = loses;
  for (let i = 0; i < 3; i++) {
    dial(young, old);
    wire.run(600);
  }
  wire.run(60_000);
  return { old, young };
}

test("over a path with an MTU of 1,280 a newcomer to 200 members learns all of them", () => {
  const { old, young } = joinOver((delivery) => lengthOf(delivery) > 1280 - 28);
  expect(young.snapshot.viewDigest).toBe(old.snapshot.viewDigest);
  expect(young.eventsOf("path-short")).toEqual([]);
});

test("over a path with an MTU of 576 it learns all in short pages, and is warned once", () => {
  const { old, young } = joinOver(isLong);
  expect(young.snapshot.viewDigest).toBe(old.snapshot.viewDigest);
  expect(young.eventsOf("path-short").map(({ event }) => event.bytes)).toEqual([548]);
});

test.each([
  ["from the newcomer", "young"],
  ["to the newcomer", "old"],
])("a path that is short %s alone is warned of", (_direction, sender) => {
  const { young } = joinOver((delivery) => delivery.from === sender && isLong(delivery));
  expect(young.eventsOf("path-short")).toHaveLength(1);
});

test("no length is blamed where a peer stood still as it was asked, or is gone right after", () => {
  const { old, young, wire } = apart(200);
  let asked = 0;
  // The two long requests for the second page come to nothing, and the short one is answered.
  wire.loses = ({ message: { body } }) =>
    body.kind === "sync-request" && body.after !== null && ++asked <= 2;
  dial(young, old);
  wire.run(1100);
  expect(young.sentOf("sync-request").length).toBeGreaterThan(4);
  wire.loses = () => true;
  wire.run(30_000);
  expect(young.eventsOf("path-short")).toEqual([]);
});

describe("to an address that may be forged", () => {
  const VICTIM = { host: "10.9.9.9", port: 7946 };

  /** What a node that knows 200 members answers to a stranger, by bytes, and what the stranger sent. */
  function exchange(body: MessageBody, updates: readonly BeliefUpdate[] = []) {
    const node = nodeNamed("old", alive(200));
    const stranger = record("stranger", { endpoint: VICTIM });
    const before = node.sent.length;
    const message = { header: header(stranger, 1), body, updates };
    const sent = codec.encode(message).length;
    node.step({ kind: "message", from: VICTIM, message, bytes: sent });
    const toVictim = node.sent.slice(before).filter(({ to }) => to.endpoint.host === VICTIM.host);
    return {
      sent,
      got: toVictim.reduce((sum, { message }) => sum + codec.encode(message).length, 0),
      kinds: toVictim.map(({ message }) => message.body.kind),
    };
  }

  const hashes = [{ high: 1, low: 1 }];
  const sync = { kind: "sync-request", seq: 1, profile: "lan", bucketBits: 0, hashes } as const;
  const view = { kind: "view-request", seq: 1, after: null } as const;
  const self = [belief(record("stranger", { endpoint: VICTIM }))];

  test.each<[string, MessageBody, readonly BeliefUpdate[]]>([
    ["a sync-request", { ...sync, after: null }, []],
    ["a sync-request that brings a record", { ...sync, after: null }, self],
    ["a padded sync-request", { ...sync, after: null, padding: 1000 }, self],
    ["a view-request", view, []],
    ["a padded view-request", { ...view, padding: 1000 }, []],
    ["a ping", { kind: "ping", seq: 1, target: "old", digest: hashes[0] as Hash64 }, []],
  ])("no more bytes go than %s brought", (_what, body, updates) => {
    const { sent, got } = exchange(body, updates);
    expect(got).toBeLessThanOrEqual(sent);
  });

  test("a request that is as long as the page it wants gets one", () => {
    expect(exchange({ ...sync, after: null, padding: 1000 }, self)).toMatchObject({
      kinds: ["sync-page"],
    });
  });
});

describe("after a sync for a foreign digest", () => {
  const both = ["a", "b"].map((name) => belief(record(name)));
  const newer = belief(record("m05", { incarnation: 2, tags: { zone: "b" } }));
  const a = nodeNamed(
    "a",
    [...both, ...alive(200), belief(record("only-a")), belief(record("m03"), "left")],
    false,
  );
  const b = nodeNamed(
    "b",
    [...both, ...alive(200), belief(record("only-b")), belief(record("m07"), "left"), newer],
    false,
  );
  const before = [a.snapshot.viewDigest, b.snapshot.viewDigest];
  const foreign = { kind: "ping", seq: 1, target: "a", digest: hash64("b's view") } as const;
  a.hear("b", foreign);
  a.now += CONFIG.digestDiffersMs;
  const wire = new Wire(a, b);
  a.hear("b", foreign);
  wire.settle();

  test("both views are equal, whoever knew what", () => {
    expect(before[0]).not.toBe(before[1]);
    expect(a.snapshot.viewDigest).toBe(b.snapshot.viewDigest);
    expect(a.state("m07")).toBe("left");
    expect(b.state("m03")).toBe("left");
    expect(b.state("only-a")).toBe("alive");
    expect(a.explain("m05")?.record).toEqual(newer.record);
  });

  test("only members of the buckets that differ were listed", () => {
    const listed = wire.carried
      .filter(isPage)
      .reduce((sum, { message }) => sum + message.updates.length, 0);
    expect(listed).toBeGreaterThan(4);
    // Five differences among 32 buckets of about six members each.
    expect(listed).toBeLessThan(60);
  });

  test("the asker pushed only what it knew better", () => {
    const pushed = wire.carried
      .filter(({ message }) => message.body.kind === "sync-push")
      .flatMap(({ message }) => message.updates);
    expect(pushed.map((update) => update.kind === "belief" && update.record.name).sort()).toEqual([
      "m03",
      "only-a",
    ]);
    expect(a.eventsOf("sync-finished")[0]?.event).toMatchObject({ outcome: "done", pushed: 2 });
  });
});
