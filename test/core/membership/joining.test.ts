import { describe, expect, test } from "vitest";
import { belief, endpointOf, record, T } from "../builders.ts";
import { acking, DrivenNode, type Reply } from "../driven-node.ts";
import { bodiesIn, eventsIn, toldTo } from "../outcome.ts";

const B = endpointOf("b");
const C = endpointOf("c");

/** Answers a dial as a cluster of one. */
const answering: Reply = (body) =>
  body.kind === "sync-request"
    ? { body: { kind: "sync-page", seq: body.seq, buckets: [0], next: null }, afterMs: 1 }
    : acking(body);

function wantedAt(node: DrivenNode): number[] {
  return node.eventsOf("seeds-wanted").map(({ at }) => at);
}

test("a node with seeds wants them at once, and counts its attempts", () => {
  const node = new DrivenNode({ hasSeeds: true });
  node.run(T);
  expect(wantedAt(node)[0]).toBe(0);
  const attempts = node.eventsOf("seeds-wanted").map(({ event }) => event.attempt);
  expect(attempts).toEqual(attempts.map((_, index) => index + 1));
});

test("a node without seeds never wants any", () => {
  const node = new DrivenNode();
  node.run(60 * T);
  expect(wantedAt(node)).toEqual([]);
});

test("while nobody answers, the pause between dials grows by half each time, from T/4 to 15 T", () => {
  const node = new DrivenNode({ hasSeeds: true });
  node.run(120 * T);
  const at = wantedAt(node);
  const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  const expected = pauses.map((_, index) => Math.min(15 * T, 0.25 * T * 1.5 ** index));
  expect(pauses.length).toBeGreaterThan(12);
  for (const [index, pause] of pauses.entries()) expect(pause).toBeCloseTo(expected[index] ?? 0, 3);
});

test("each seed is asked for everything, and told who asks, though nothing is owed any more", () => {
  const node = new DrivenNode({ hasSeeds: true });
  node.meet(["d"], acking);
  node.run(30 * T);
  expect(node.snapshot.queues.updatesOwed).toBe(0);
  const effects = node.step({ kind: "join", seeds: [B, C] });
  const dialled = effects.flatMap((effect) => (effect.kind === "send" ? [effect] : []));
  expect(dialled.map(({ to }) => to.endpoint)).toEqual([B, C]);
  for (const { message } of dialled) {
    expect(message.body).toMatchObject({ kind: "sync-request", profile: "lan", bucketBits: 0 });
    expect(message.updates[0]).toEqual(belief(node.self));
  }
});

describe("a node that was answered", () => {
  function joined(): DrivenNode {
    const node = new DrivenNode({ hasSeeds: true });
    node.answer("b", answering);
    node.step({ kind: "join", seeds: [B] });
    node.hear("b", { kind: "gossip" }, { updates: [belief(record("b"))] });
    node.run(10);
    return node;
  }

  test("says once through whom it joined, though it syncs with other seeds later", () => {
    const node = joined();
    node.answer("c", answering);
    node.step({ kind: "join", seeds: [C] });
    node.run(60 * T);
    expect(node.eventsOf("sync-finished").length).toBeGreaterThan(1);
    const events = node.eventsOf("joined").map(({ event }) => event);
    expect(events).toMatchObject([{ through: "b", members: 2, tookMs: 1 }]);
  });

  test("wants its seeds no longer once it knows who is there", () => {
    const node = joined();
    const before = wantedAt(node).length;
    node.run(120 * T);
    expect(wantedAt(node)).toHaveLength(before);
  });

  test("does not dial where a present member is known", () => {
    const node = joined();
    const effects = node.step({ kind: "join", seeds: [B] });
    expect(bodiesIn(effects, "sync-request")).toEqual([]);
  });

  test("keeps wanting and dialling a seed at whose address nobody is known, at least every 15 T", () => {
    const node = joined();
    node.step({ kind: "join", seeds: [B, C] });
    node.run(200 * T);
    const late = wantedAt(node).filter((at) => at > 100 * T);
    expect(late.length).toBeGreaterThanOrEqual(6);
    const effects = node.step({ kind: "join", seeds: [B, C] });
    const to = effects.flatMap((effect) => (effect.kind === "send" ? [effect.to.endpoint] : []));
    expect(to).toEqual([C]);
  });
});

test("a member that is dead is dialled again where it is a seed", () => {
  const node = new DrivenNode({ hasSeeds: true });
  node.meet(["b", "c"], acking);
  const dead = belief(record("b", { incarnation: 2 }), "left");
  node.hear("c", { kind: "gossip" }, { updates: [dead] });
  const effects = node.step({ kind: "join", seeds: [B] });
  expect(bodiesIn(effects, "sync-request")).toHaveLength(1);
});

describe("a cluster of another profile", () => {
  function refused(seqOffset = 0) {
    const node = new DrivenNode({ hasSeeds: true });
    const [dial] = bodiesIn(node.step({ kind: "join", seeds: [B] }), "sync-request");
    const seq = (dial?.seq ?? 0) + seqOffset;
    return { node, effects: node.hear("b", { kind: "join-refused", seq, profile: "wan" }) };
  }

  test("refuses with both names", () => {
    expect(eventsIn(refused().effects, "join-refused")).toEqual([
      { kind: "join-refused", from: B, mine: "lan", theirs: "wan" },
    ]);
  });

  test("and is not asked who it is: the two must not learn of each other", () => {
    const { node, effects } = refused();
    expect(bodiesIn(effects, "record-request")).toEqual([]);
    expect(toldTo("b", effects)).toEqual([]);
    expect(node.state("b")).toBeUndefined();
  });

  test("is heard only as the answer to a dial", () => {
    expect(eventsIn(refused(1).effects, "join-refused")).toEqual([]);
  });
});

describe("whom a joining node learns of", () => {
  /** The updates owed once a dial to b was answered by a page that lists m and n. */
  function owedAfterPage(node: DrivenNode): number {
    const effects = node.step({ kind: "join", seeds: [B] });
    const [request] = bodiesIn(effects, "sync-request");
    const page = { kind: "sync-page", seq: request?.seq ?? 0, buckets: [0], next: null } as const;
    const before = node.snapshot.queues.updatesOwed;
    node.hear("b", page, { updates: [belief(record("m")), belief(record("n"))] });
    expect(node.explain("m")?.state).toBe("alive");
    return node.snapshot.queues.updatesOwed - before;
  }

  test("is known in its new cluster: a newcomer does not echo it", () => {
    expect(owedAfterPage(new DrivenNode({ hasSeeds: true }))).toBe(0);
  });

  test("is news to the company it has already", () => {
    const node = new DrivenNode({ hasSeeds: true });
    node.meet(["d"], acking);
    expect(owedAfterPage(node)).toBe(2);
  });
});
