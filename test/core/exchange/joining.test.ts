import { describe, expect, test } from "vitest";
import { formatEndpoint } from "../../../src/core/member.ts";
import { hash64 } from "../../../src/core/primitives/hash.ts";
import { belief, endpointOf, names, record, T, verdict } from "../builders.ts";
import { acking, DrivenNode, type Reply } from "../driven-node.ts";
import { bodiesIn, eventsIn, gapsOf, toldTo } from "../outcome.ts";

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

test("while nobody answers, the pause between dials grows by half each time, from T/4 to 2 T", () => {
  const node = new DrivenNode({ hasSeeds: true });
  node.run(120 * T);
  const pauses = gapsOf(wantedAt(node));
  const expected = pauses.map((_, index) => Math.min(2 * T, 0.25 * T * 1.5 ** index));
  expect(pauses.length).toBeGreaterThan(12);
  for (const [index, pause] of pauses.entries()) expect(pause).toBeCloseTo(expected[index] ?? 0, 3);
});

test("each seed is asked for everything, and told who asks, though nothing is owed any more", () => {
  const node = new DrivenNode({ knows: ["d"], reply: acking, hasSeeds: true });
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
    node.gossip("b", belief(record("b")));
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

  test.each([
    ["a seed at whose address nobody is known", { seeds: [B, C], hasUnresolved: false }],
    ["a seed whose name has no address yet", { seeds: [B], hasUnresolved: true }],
  ])("keeps looking for %s, at least every 5 T", (_what, found) => {
    const node = joined();
    node.step({ kind: "join", ...found });
    for (let i = 0; i < 20; i++) {
      node.run(10 * T);
      node.step({ kind: "join", ...found });
    }
    const late = wantedAt(node).filter((at) => at > 100 * T);
    expect(late.length).toBeGreaterThanOrEqual(19);
    if (found.hasUnresolved) return;
    node.run(T);
    const effects = node.step({ kind: "join", seeds: [B, C] });
    const to = effects.flatMap((effect) => (effect.kind === "send" ? [effect.to.endpoint] : []));
    expect(to).toEqual([C]);
  });
});

test("a member that is dead is dialled again where it is a seed", () => {
  const node = new DrivenNode({ knows: ["b", "c"], reply: acking, hasSeeds: true });
  const dead = belief(record("b", { incarnation: 2 }), "left");
  node.gossip("c", dead);
  const effects = node.step({ kind: "join", seeds: [B] });
  expect(bodiesIn(effects, "sync-request")).toHaveLength(1);
});

/** The addresses dialled since then, in order. */
function dialledSince(node: DrivenNode, since: number): string[] {
  return node.sentOf("sync-request", undefined, since).map(({ to }) => formatEndpoint(to.endpoint));
}

test("however many seeds there are, none is passed over, and a node that is alone dials 64 at once", () => {
  const node = new DrivenNode({ hasSeeds: true });
  const seeds = names(100).map(endpointOf);
  node.step({ kind: "join", seeds });
  expect(dialledSince(node, 0)).toEqual(seeds.slice(0, 64).map(formatEndpoint));
  node.run(T);
  node.step({ kind: "join", seeds });
  expect(new Set(dialledSince(node, 0))).toEqual(new Set(seeds.map(formatEndpoint)));
});

test("in company it dials eight at once, and comes to all of them", () => {
  const node = new DrivenNode({ knows: ["d"], reply: acking, hasSeeds: true });
  const seeds = names(20).map(endpointOf);
  for (let i = 0; i < 3; i++) {
    const since = node.now;
    node.step({ kind: "join", seeds });
    expect(dialledSince(node, since)).toHaveLength(8);
    node.run(T);
  }
  expect(new Set(dialledSince(node, 0)).size).toBe(20);
});

test("dials that nobody answers hold up no sync with a member", () => {
  const node = new DrivenNode({ knows: ["d"], hasSeeds: true });
  for (let i = 1; i < 6; i++) {
    node.step({ kind: "join", seeds: names(8).map(endpointOf) });
    node.pingedBy("d", hash64("another view"));
    node.run(0.6 * T);
  }
  expect(dialledSince(node, 0)).toContain(formatEndpoint(endpointOf("d")));
});

describe("a node that remembers addresses", () => {
  test("dials them at once without any seed, and while it is alone at least every 2 T", () => {
    const node = new DrivenNode({ remembered: [B, C] });
    node.run(20 * T);
    const toB = node.sentOf("sync-request").filter(({ to }) => to.endpoint === B);
    expect(toB[0]?.at).toBe(0);
    expect(Math.max(...gapsOf(toB.map(({ at }) => at)))).toBeLessThanOrEqual(2 * T);
    expect(wantedAt(node)).toEqual([]);
  });

  test("goes on with those at which nobody is known once it has company", () => {
    const node = new DrivenNode({ knows: ["b"], reply: acking, remembered: [B, C] });
    node.run(60 * T);
    const late = dialledSince(node, 30 * T);
    expect(new Set(late)).toEqual(new Set([formatEndpoint(C)]));
    expect(late.length).toBeGreaterThanOrEqual(5);
  });
});

test("a node that everybody left dials everybody it knew, its own seeds or none", () => {
  const node = new DrivenNode({ knows: ["b", "c"] });
  for (const name of ["b", "c"]) node.gossip(name, verdict(record(name), "left", name));
  node.run(10 * T);
  const dialled = new Set(dialledSince(node, 0));
  expect(dialled).toEqual(new Set([formatEndpoint(B), formatEndpoint(C)]));
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
      { kind: "join-refused", from: B, mine: "lan", theirs: "wan", isByAll: true },
    ]);
  });

  test.each([
    ["one seed of three", { seeds: [B, C, endpointOf("d")] }],
    ["all seeds but one that has no address yet", { seeds: [B], hasUnresolved: true }],
  ])("that refuses at %s does not end the search, and is told once", (_what, found) => {
    const node = new DrivenNode({ hasSeeds: true });
    for (let i = 0; i < 4; i++) {
      const [dial] = bodiesIn(node.step({ kind: "join", ...found }), "sync-request");
      if (dial) node.hear("b", { kind: "join-refused", seq: dial.seq, profile: "wan" });
      node.run(2 * T);
    }
    const told = node.eventsOf("join-refused").map(({ event }) => event.isByAll);
    expect(told).toEqual([false]);
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
    const node = new DrivenNode({ knows: ["d"], reply: acking, hasSeeds: true });
    expect(owedAfterPage(node)).toBe(2);
  });
});
