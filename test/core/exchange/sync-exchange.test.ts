import { describe, expect, test } from "vitest";
import type { BeliefUpdate } from "../../../src/core/member.ts";
import { hash64 } from "../../../src/core/primitives/hash.ts";
import { createCodec } from "../../../src/wire/codec.ts";
import { belief, CONFIG, names, record } from "../builders.ts";
import { DrivenNode } from "../driven-node.ts";
import { type Delivery, Wire } from "../wire.ts";

const codec = createCodec({ clusterLabel: "test" });

function nodeNamed(name: string, knows: readonly BeliefUpdate[] = []): DrivenNode {
  const node = new DrivenNode({ name, sizer: codec.sizer, hasSeeds: true });
  for (let at = 0; at < knows.length; at += 20) {
    node.hear("teacher", { kind: "sync-push" }, { updates: knows.slice(at, at + 20) });
  }
  return node;
}

function alive(count: number): BeliefUpdate[] {
  return names(count).map((name) => belief(record(name)));
}

function dial(asker: DrivenNode, peer: DrivenNode): void {
  asker.step({ kind: "join", seeds: [peer.self.endpoint] });
}

function expectFits({ message }: Delivery): void {
  expect(codec.encode(message).length).toBeLessThanOrEqual(CONFIG.datagramBytesMax);
}

const isPage = ({ message }: Delivery) => message.body.kind === "sync-page";

test("a node that joins takes over 1,000 members, page by page, and both views are equal", () => {
  const old = nodeNamed("old", alive(1000));
  const young = nodeNamed("young");
  const wire = new Wire(old, young);
  dial(young, old);
  wire.settle();
  expect(young.snapshot.members).toHaveLength(1002);
  expect(young.snapshot.viewDigest).toBe(old.snapshot.viewDigest);
  const pages = wire.carried.filter(isPage);
  expect(pages.length).toBeGreaterThan(20);
  for (const page of pages) expectFits(page);
  expect(young.eventsOf("joined")[0]?.event).toMatchObject({ through: "old", members: 1002 });
});

test("what the asker knows better is pushed over as many datagrams as it takes", () => {
  const old = nodeNamed("old");
  const young = nodeNamed("young", alive(100));
  const wire = new Wire(old, young);
  dial(young, old);
  wire.settle();
  const pushes = wire.carried.filter(({ message }) => message.body.kind === "sync-push");
  expect(pushes.length).toBeGreaterThan(3);
  for (const push of pushes) expectFits(push);
  expect(old.snapshot.viewDigest).toBe(young.snapshot.viewDigest);
});

test("a lost page is asked for again, from where the last one ended", () => {
  const old = nodeNamed("old", alive(200));
  const young = nodeNamed("young");
  const wire = new Wire(old, young);
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

test("a next page that never comes is asked for three times, then the sync has failed", () => {
  const old = nodeNamed("old", alive(200));
  const young = nodeNamed("young");
  const wire = new Wire(old, young);
  let pages = 0;
  wire.loses = (delivery) => isPage(delivery) && ++pages > 1;
  dial(young, old);
  wire.run(1500);
  const [first, ...again] = young.sentOf("sync-request").map(({ message }) => message.body.after);
  expect(first).toBeNull();
  expect(new Set(again.slice(0, 3)).size).toBe(1);
  const ended = young.eventsOf("sync-finished")[0];
  expect(ended).toMatchObject({ at: 1500, event: { outcome: "failed" } });
});

describe("after a sync for a foreign digest", () => {
  const both = ["a", "b"].map((name) => belief(record(name)));
  const newer = belief(record("m05", { incarnation: 2, tags: { zone: "b" } }));
  const a = nodeNamed("a", [
    ...both,
    ...alive(200),
    belief(record("only-a")),
    belief(record("m03"), "left"),
  ]);
  const b = nodeNamed("b", [
    ...both,
    ...alive(200),
    belief(record("only-b")),
    belief(record("m07"), "left"),
    newer,
  ]);
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
