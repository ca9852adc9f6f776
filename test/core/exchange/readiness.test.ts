import { describe, expect, test } from "vitest";
import type { NotYet } from "../../../src/core/member.ts";
import { hash64 } from "../../../src/core/primitives/hash.ts";
import { belief, endpointOf, names, record, T } from "../builders.ts";
import { acking, DrivenNode, type Reply } from "../driven-node.ts";
import { Wire } from "../wire.ts";

const SEED = endpointOf("b");

/** Answers a dial with one page, and pings with the asker's own digest. */
function answering(mark: { readonly isPartial?: true } = {}): Reply {
  return (body) => {
    if (body.kind === "sync-request") {
      const page = { kind: "sync-page", seq: body.seq, buckets: [0], next: null } as const;
      return { body: { ...page, ...mark }, afterMs: 1 };
    }
    const reply = acking(body);
    return reply?.body.kind === "ack" ? { ...reply, body: { ...reply.body, ...mark } } : reply;
  };
}

function changes(node: DrivenNode): (NotYet | null)[] {
  return node.eventsOf("readiness-changed").map(({ event }) => event.notYet);
}

function joiner(): DrivenNode {
  const node = new DrivenNode({ hasSeeds: true });
  node.step({ kind: "join", seeds: [SEED] });
  return node;
}

test("a node with seeds has no whole view until a sync with a member is complete", () => {
  const node = joiner();
  node.run(T);
  expect(node.snapshot.notYet).toBe("joining");
  node.meet(["b"], answering());
  node.step({ kind: "join", seeds: [endpointOf("b"), endpointOf("c")] });
  node.run(2 * T);
  expect([node.snapshot.notYet, changes(node)]).toEqual([null, [null]]);
});

test("not while pages are still to come", () => {
  const node = joiner();
  const seq = node.sentOf("sync-request")[0]?.message.body.seq ?? 0;
  node.hear("b", { kind: "sync-page", seq, buckets: [0], next: "m07" });
  expect(node.snapshot.notYet).toBe("joining");
});

test("a sync with a member that has not joined itself proves nothing", () => {
  const node = joiner();
  node.meet(["b"], answering({ isPartial: true }));
  node.step({ kind: "join", seeds: [SEED, endpointOf("c")] });
  node.run(8 * T);
  expect(node.snapshot.notYet).toBe("joining");
  node.meet(["c"], answering());
  node.run(3 * T);
  expect(node.snapshot.notYet).toBeNull();
});

test("nor does its only page, though the sync is complete with it", () => {
  const node = joiner();
  const seq = node.sentOf("sync-request")[0]?.message.body.seq ?? 0;
  const page = { kind: "sync-page", seq, buckets: [0], next: null } as const;
  node.hear("b", { ...page, isPartial: true });
  expect(node.eventsOf("joined")).toHaveLength(1);
  expect(node.snapshot.notYet).toBe("joining");
});

test("a node whose dial was lost asks whoever tells that it knows more", () => {
  const node = joiner();
  node.meet(["c"], answering());
  node.pingedBy("c", hash64("another view"));
  node.run(10);
  expect(node.snapshot.notYet).toBeNull();
});

test("seeds that all answered and know no more are a new cluster, two periods after the start", () => {
  const node = joiner();
  node.meet(["b"], answering({ isPartial: true }));
  node.step({ kind: "join", seeds: [SEED] });
  node.run(2 * T - 1);
  expect(node.snapshot.notYet).toBe("joining");
  node.run(T + 1);
  expect(node.snapshot.notYet).toBeNull();
});

test("with seeds that stay silent it is alone after fifteen periods", () => {
  const node = joiner();
  node.run(15 * T - 1);
  expect(node.snapshot.notYet).toBe("joining");
  node.run(1);
  expect(node.snapshot.notYet).toBeNull();
});

test("without seeds it listens for two periods, and is alone", () => {
  const node = new DrivenNode();
  node.run(2 * T - 1);
  expect(node.snapshot.notYet).toBe("listening");
  node.run(1);
  expect(node.snapshot.notYet).toBeNull();
});

test("a seed that restarts without seeds of its own is told what it lacks before it is ready", () => {
  const known = names(30).map((name) => belief(record(name)));
  const old = new DrivenNode({ name: "old" });
  for (let at = 0; at < known.length; at += 10) {
    old.hear("teacher", { kind: "sync-push" }, { updates: known.slice(at, at + 10) });
  }
  old.run(3 * T);
  const seed = new DrivenNode({ name: "seed", self: { incarnation: 9 } });
  const wire = new Wire(old, seed);
  old.gossip("m01", belief(record("seed")));
  const readyWith: number[] = [];
  for (let step = 0; step < 60 && readyWith.length === 0; step++) {
    wire.run(T / 10);
    if (seed.snapshot.notYet === null) readyWith.push(seed.snapshot.members.length);
  }
  expect(readyWith).toEqual([old.snapshot.members.length]);
});

test("what a node tells before it has joined is marked, and not after", () => {
  const node = new DrivenNode({ knows: ["b"] });
  const ask = () => {
    node.pingedBy("b", hash64("another view"));
    return node.sentOf("ack", "b").at(-1)?.message.body.isPartial;
  };
  expect(ask()).toBe(true);
  node.answer("b", answering());
  node.run(4 * T);
  expect(ask()).toBeUndefined();
});

describe("a node that was isolated", () => {
  function isolated(): DrivenNode {
    const node = new DrivenNode({ knows: ["b", "c"], reply: acking });
    node.run(5 * T);
    node.answer("b");
    node.answer("c");
    node.run(5 * T);
    expect([node.snapshot.isolated, node.snapshot.notYet]).toEqual([true, null]);
    return node;
  }

  test("returns with the first datagram, and is whole once a digest equals its own", () => {
    const node = isolated();
    node.gossip("b");
    expect([node.snapshot.isolated, node.snapshot.notYet]).toEqual([false, "returning"]);
    node.answer("b", acking);
    node.run(2 * T);
    expect(node.snapshot.notYet).toBeNull();
  });

  test("asks at once for what it lacks, and is whole when it has it", () => {
    const node = isolated();
    const since = node.now;
    node.answer("b", answering());
    node.pingedBy("b", hash64("another view"));
    expect(node.sentOf("sync-request", undefined, since)).toHaveLength(1);
    expect(node.snapshot.notYet).toBe("returning");
    node.run(10);
    expect(node.snapshot.notYet).toBeNull();
  });

  test("waits for five periods at most", () => {
    const node = isolated();
    node.gossip("b");
    node.run(5 * T);
    expect(node.snapshot.notYet).toBeNull();
  });
});

test("a process that stood still for five periods returns like one that was cut off", () => {
  const node = new DrivenNode({ knows: ["b", "c"], reply: acking });
  node.run(5 * T);
  node.stall(4 * T);
  expect(node.snapshot.notYet).toBeNull();
  node.run(3 * T);
  node.stall(6 * T);
  expect(node.snapshot.notYet).toBe("returning");
  node.run(2 * T);
  expect(node.snapshot.notYet).toBeNull();
});
