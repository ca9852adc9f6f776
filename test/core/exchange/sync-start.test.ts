import { expect, test } from "vitest";
import type { ViewDigest } from "../../../src/core/member.ts";
import { digestEntry } from "../../../src/core/membership/digest.ts";
import type { MessageBody } from "../../../src/core/message.ts";
import { hash64, nameMark, xorHash, ZERO_HASH } from "../../../src/core/primitives/hash.ts";
import { belief, names, record, T } from "../builders.ts";
import { DrivenNode, type Reply } from "../driven-node.ts";
import { bodiesIn } from "../outcome.ts";

const FOREIGN = hash64("another view");

function digestOf(...names: string[]): ViewDigest {
  return names.map((name) => digestEntry(name, 1, "alive")).reduce(xorHash, ZERO_HASH);
}

function pingWith(digest: ViewDigest): MessageBody {
  return { kind: "ping", seq: 1, target: "self", digest };
}

/** Acks every ping with a digest of its own, and answers a sync with an empty page if it does at all. */
function foreign({ answersSync = true, digest = () => FOREIGN } = {}): Reply {
  return (body) => {
    if (body.kind === "ping")
      return { body: { kind: "ack", seq: body.seq, digest: digest() }, afterMs: 1 };
    if (body.kind !== "sync-request" || !answersSync) return undefined;
    return { body: { kind: "sync-page", seq: body.seq, buckets: [], next: null }, afterMs: 1 };
  };
}

test("a digest that stays foreign for digestDiffersMs starts a sync with its owner, and not before", () => {
  const node = new DrivenNode({ knows: ["b"] });
  expect(bodiesIn(node.pingedBy("b", FOREIGN), "sync-request")).toEqual([]);
  node.run(999);
  expect(bodiesIn(node.pingedBy("b", FOREIGN), "sync-request")).toEqual([]);
  node.run(1);
  expect(bodiesIn(node.pingedBy("b", FOREIGN), "sync-request")).toHaveLength(1);
});

test("a foreign digest that is said again, or was said to another member, starts no sync", () => {
  const node = new DrivenNode({ knows: ["b"] });
  const again = { header: { counter: 8 } };
  node.hear("b", pingWith(FOREIGN), again);
  node.run(1000);
  expect(bodiesIn(node.hear("b", pingWith(FOREIGN), again), "sync-request")).toEqual([]);
  const elsewhere = { header: { counter: 9, addressee: nameMark("c") } };
  expect(bodiesIn(node.hear("b", pingWith(FOREIGN), elsewhere), "sync-request")).toEqual([]);
  const here = { header: { counter: 10, addressee: nameMark("self") } };
  expect(bodiesIn(node.hear("b", pingWith(FOREIGN), here), "sync-request")).toHaveLength(1);
});

test("a foreign digest on an ack counts like one on a ping", () => {
  const node = new DrivenNode({ knows: ["b"], reply: foreign() });
  node.run(5 * T);
  expect(node.eventsOf("sync-finished")[0]?.event).toMatchObject({ peer: "b", outcome: "done" });
});

test.each([
  [31, 0],
  [32, 1],
])(
  "after %i deaths at once a foreign digest starts %i syncs at once, when the view has rested",
  (deaths, syncs) => {
    const node = new DrivenNode({ knows: names(50) });
    for (const name of names(50).slice(-deaths)) node.learnDeath(name, "m00");
    expect(bodiesIn(node.hear("m00", pingWith(FOREIGN)), "sync-request")).toEqual([]);
    node.run(39);
    expect(bodiesIn(node.hear("m01", pingWith(FOREIGN)), "sync-request")).toEqual([]);
    const before = node.sentOf("ping").length;
    node.run(1);
    expect(node.sentOf("ping").length - before).toBe(syncs);
    expect(bodiesIn(node.hear("m02", pingWith(FOREIGN)), "sync-request")).toHaveLength(syncs);
  },
);

test("a digest that becomes ours starts no sync, however long it was foreign", () => {
  const node = new DrivenNode({ knows: ["b"] });
  node.pingedBy("b", FOREIGN);
  node.run(900);
  node.pingedBy("b", digestOf("self", "b"));
  node.run(900);
  expect(bodiesIn(node.pingedBy("b", FOREIGN), "sync-request")).toEqual([]);
});

test("a peer whose digest is one that this node held in the last 2 s is only behind", () => {
  const node = new DrivenNode({ knows: ["b"] });
  const before = digestOf("self", "b");
  node.gossip("b", belief(record("new")));
  for (let at = 0; at < 1900; at += 100) {
    expect(bodiesIn(node.pingedBy("b", before), "sync-request")).toEqual([]);
    node.run(100);
  }
  node.run(200);
  node.pingedBy("b", before);
  node.run(1000);
  expect(bodiesIn(node.pingedBy("b", before), "sync-request")).toHaveLength(1);
});

test("while either view changes a sync waits, but not for ever", () => {
  const node = new DrivenNode({ knows: ["b"] });
  const startedAt: number[] = [];
  for (let i = 0; i < 60 && startedAt.length === 0; i++) {
    const effects = node.pingedBy("b", hash64(`view ${i}`));
    if (bodiesIn(effects, "sync-request").length > 0) startedAt.push(node.now);
    node.run(100);
  }
  expect(startedAt).toEqual([2000]);
});

test("the digest of somebody who is no member starts no sync", () => {
  const node = new DrivenNode();
  node.pingedBy("stranger", FOREIGN);
  node.run(1500);
  expect(bodiesIn(node.pingedBy("stranger", FOREIGN), "sync-request")).toEqual([]);
});

test("of several foreign peers one is synced with, the next after T/4 at the earliest", () => {
  const node = new DrivenNode({ knows: ["b"], reply: foreign() });
  node.meet(["c", "d"]);
  for (const peer of ["b", "c", "d"]) node.pingedBy(peer, FOREIGN);
  node.run(T);
  const first = node.pingedBy("b", FOREIGN);
  expect(bodiesIn(first, "sync-request")).toHaveLength(1);
  expect(bodiesIn(node.pingedBy("c", FOREIGN), "sync-request")).toEqual([]);
  node.run(T / 4 - 1);
  expect(node.eventsOf("sync-finished")).toHaveLength(1);
  expect(bodiesIn(node.pingedBy("c", FOREIGN), "sync-request")).toEqual([]);
  node.run(1);
  expect(bodiesIn(node.pingedBy("c", FOREIGN), "sync-request")).toHaveLength(1);
  expect(bodiesIn(node.pingedBy("d", FOREIGN), "sync-request")).toEqual([]);
});

test("syncs that fail are tried less and less often, down to once in 10 T", () => {
  const node = new DrivenNode({ knows: ["b"], reply: foreign({ answersSync: false }) });
  node.run(90 * T);
  const failedAt = node.eventsOf("sync-finished").map(({ at, event }) => {
    expect(event.outcome).toBe("failed");
    return at;
  });
  const pauses = failedAt.slice(1).map((at, index) => at - (failedAt[index] ?? 0));
  expect(pauses[0]).toBeLessThan(4 * T);
  expect(pauses.length).toBeGreaterThan(6);
  for (const pause of pauses.slice(-3)) {
    expect(pause).toBeGreaterThanOrEqual(9.5 * T);
    expect(pause).toBeLessThan(12 * T);
  }
});

test("a sync that succeeds ends the back-off", () => {
  const node = new DrivenNode({ knows: ["b"], reply: foreign({ answersSync: false }) });
  node.run(40 * T);
  let views = 0;
  node.answer("b", foreign({ digest: () => hash64(`view ${++views >> 2}`) }));
  node.run(30 * T);
  const done = node.eventsOf("sync-finished").filter(({ event }) => event.outcome === "done");
  expect(done.length).toBeGreaterThan(3);
});

test("syncs that leave the same difference are tried less and less often, down to once in 10 T", () => {
  const node = new DrivenNode({ knows: ["b"], reply: foreign() });
  node.run(90 * T);
  const doneAt = node.eventsOf("sync-finished").map(({ at }) => at);
  const pauses = doneAt.slice(1).map((at, index) => at - (doneAt[index] ?? 0));
  expect(pauses.length).toBeGreaterThan(6);
  for (const pause of pauses.slice(-3)) expect(pause).toBeGreaterThanOrEqual(9.5 * T);
});

test("a peer that does not answer delays no sync with another one", () => {
  const node = new DrivenNode({ knows: ["b"], reply: foreign({ answersSync: false }) });
  node.run(60 * T);
  node.meet(["c"]);
  node.answer("c", foreign({ digest: () => hash64("another one") }));
  const from = node.now;
  node.run(3 * T);
  const done = node
    .eventsOf("sync-finished", from)
    .filter(({ event }) => event.peer === "c" && event.outcome === "done");
  expect(done.length).toBeGreaterThan(0);
});

test("a difference that cannot be closed delays no sync for another one", () => {
  const node = new DrivenNode();
  let view = FOREIGN;
  node.meet(["b"], foreign({ digest: () => view }));
  node.run(60 * T);
  view = hash64("another view still");
  const from = node.now;
  node.run(3 * T);
  expect(node.eventsOf("sync-finished", from).length).toBeGreaterThan(0);
});

test("a dead member that is heard again is synced with at once, a replay of it is not", () => {
  const node = new DrivenNode({ knows: ["b", "c"] });
  const gossip = { kind: "gossip" } as const;
  node.learnDeath("b", "c");
  const replayed = node.hear("b", gossip, { header: { counter: 1 } });
  expect(bodiesIn(replayed, "sync-request")).toEqual([]);
  expect(bodiesIn(node.hear("b", gossip), "sync-request")).toHaveLength(1);
});
