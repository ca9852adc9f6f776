import { describe, expect, test } from "vitest";
import { belief, names, record, T, verdict } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { gapsOf } from "../outcome.ts";

/** A node whose other members all answer, but those that it is told are dead. */
function withDead(dead: readonly string[], alive: readonly string[] = names(4)): DrivenNode {
  const node = new DrivenNode({ knows: dead });
  node.meet(alive, acking);
  for (const name of dead) {
    node.learnDeath(name, alive[0] ?? "", verdict(record(name), "dead", "judge"));
  }
  return node;
}

/** The pings to a dead member, without the one that asked at the time of its death, 0, whether it lives. */
function dialsAt(node: DrivenNode, name: string): number[] {
  return node.sentOf("ping", name, 1).map(({ at }) => at);
}

test("a dead member is pinged every 1.5 T ± 33 % for a minute, and told that it is held dead", () => {
  const node = withDead(["b"]);
  node.run(55 * T);
  const pauses = gapsOf([0, ...dialsAt(node, "b")]);
  expect(pauses.length).toBeGreaterThan(27);
  for (const pause of pauses) {
    expect(pause).toBeGreaterThanOrEqual(1.5 * 0.67 * T - 1);
    expect(pause).toBeLessThanOrEqual(1.5 * 1.33 * T + 1);
  }
  expect(new Set(pauses.map(Math.round)).size).toBeGreaterThan(10);
  const death = { kind: "belief", record: record("b"), state: "dead", by: "judge" };
  for (const { message } of node.sentOf("ping", "b", 1)) {
    expect(message.updates).toContainEqual(expect.objectContaining(death));
  }
});

// Present: this node and those named; n of them together dial the dead so often that the smaller
// side of a partition finds the other one in a second or two.
test.each([
  [1, 1.5],
  [4, 3],
  [9, 6],
  [11, 7.2],
])(
  "after 60 T, %i others present, the pause grows to %f T, and the dialling never ends",
  (others, pauseT) => {
    const node = withDead(["b"], names(others));
    node.run(600 * T);
    const pauses = gapsOf(dialsAt(node, "b").filter((at) => at > 100 * T));
    expect(pauses.length).toBeGreaterThan(450 / pauseT / 1.33);
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(pauseT * 0.67 * T - 1);
      expect(pause).toBeLessThanOrEqual(pauseT * 1.33 * T + 1);
    }
  },
);

test("of those that died together one is dialled at a time, each in turn", () => {
  const dead = ["d0", "d1", "d2", "d3", "d4"];
  const node = withDead(dead);
  node.run(50 * T);
  // Before, the deaths are looked into.
  const dials = node
    .sentOf("ping", undefined, 5 * T)
    .filter(({ to }) => dead.includes(to.member ?? ""));
  for (let at = 5; at + 5 <= dials.length; at += 5) {
    expect(new Set(dials.slice(at, at + 5).map(({ to }) => to.member)).size).toBe(5);
  }
  const pauses = gapsOf(dials.map(({ at }) => at));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1.5 * 0.67 * T - 1);
});

test("who died last is dialled first, whatever the number of older dead; and those in their turn, too", () => {
  const node = withDead([]);
  const old = Array.from({ length: 200 }, (_, index) => `old${index}`);
  for (const [index, name] of old.entries()) {
    const ageMs = (100 + 10 * index) * T;
    node.gossip("m00", belief(record(name), "dead", { ageMs, by: "judge" }));
  }
  node.meet(["b"]);
  node.gossip("m00", verdict(record("b"), "dead", "judge"));
  node.run(900 * T);
  const pauses = gapsOf(dialsAt(node, "b"));
  expect(Math.max(...pauses)).toBeLessThanOrEqual(3 * 1.33 * T + T);
  const dialled = old.filter((name) => dialsAt(node, name).length > 0);
  expect(dialled.length).toBeGreaterThan(150);
});

test("a node dials at most four times in a period, however many died", () => {
  const node = withDead([]);
  for (let index = 0; index < 300; index++) {
    const dead = belief(record(`old${index}`), "dead", { ageMs: 11 * index * T, by: "judge" });
    node.gossip("m00", dead);
  }
  node.run(100 * T);
  const times = node
    .sentOf("ping")
    .filter(({ to }) => to.member?.startsWith("old"))
    .map(({ at }) => at);
  expect(times.length).toBeGreaterThan(100);
  expect(Math.min(...gapsOf(times))).toBeGreaterThanOrEqual(T / 4);
});

test("when one of those that died together returns, the others are dialled at once", () => {
  const node = withDead(["b", "c", "d"]);
  node.run(30 * T);
  node.meet(["late"]);
  node.gossip("m00", verdict(record("late"), "dead", "judge"));
  node.run(10 * T);
  const back = record("b", { incarnation: 2 });
  const from = node.now;
  node.become(back);
  node.gossip("b", belief(back));
  const dialled = node.sentOf("ping", undefined, from).map(({ to }) => to.member);
  expect(dialled.filter((name) => name === "c" || name === "d").sort()).toEqual(["c", "d"]);
  expect(dialled).not.toContain("late");
});

test("who is dead here and alive for somebody else is dialled at once, and not again within T/2", () => {
  const node = withDead(["b"]);
  node.run(200 * T);
  while (node.now - (dialsAt(node, "b").at(-1) ?? 0) < T / 2) node.run(T / 10);
  const from = node.now;
  const say = () => node.gossip("m00", belief(record("b")));
  say();
  say();
  expect(node.sentOf("ping", "b", from)).toHaveLength(1);
});

test("the dead are dialled longer than they are remembered: a partition may outlast that, too", () => {
  const node = new DrivenNode({ knows: ["b"], config: { tombstoneMs: 100 * T } });
  node.meet(names(4), acking);
  node.gossip("m00", verdict(record("b"), "dead", "judge"));
  node.run(101 * T);
  expect(node.state("b")).toBeUndefined();
  const from = node.now;
  node.run(60 * T);
  expect(node.sentOf("ping", "b", from).length).toBeGreaterThan(10);
  node.gossip("m00", belief(record("b", { incarnation: 2 }), "left"));
  const left = node.now;
  node.run(60 * T);
  expect(node.sentOf("ping", "b", left)).toEqual([]);
});

test.each(["left", "forgotten"] as const)("a member that is %s is never dialled", (state) => {
  const node = withDead([]);
  node.meet(["b"]);
  node.gossip("m00", verdict(record("b"), state, "b"));
  node.run(60 * T);
  expect(dialsAt(node, "b")).toEqual([]);
});

test("a dead member that is forgotten is dialled no longer", () => {
  const node = withDead(["b"]);
  node.run(10 * T);
  node.step({ kind: "forget", member: "b" });
  const before = dialsAt(node, "b").length;
  node.run(60 * T);
  expect(dialsAt(node, "b")).toHaveLength(before);
});

test("a member that returned is no longer told that it is dead", () => {
  const node = withDead(["b"]);
  node.run(10 * T);
  node.answer("b", acking);
  const back = record("b", { incarnation: 2 });
  node.become(back);
  node.gossip("b", belief(back));
  const from = node.now;
  node.run(30 * T);
  const told = node.sentOf("ping", "b", from).flatMap(({ message }) => message.updates);
  expect(told.filter(({ kind }) => kind === "verdict")).toEqual([]);
  expect(node.state("b")).toBe("alive");
});

describe("among more than twelve", () => {
  const dead = Array.from({ length: 12 }, (_, index) => `dead${index}`);
  const node = withDead(dead, names(30));
  node.run(60 * T);
  const observed = dead.filter((name) => node.explain(name)?.observers.includes("self"));

  test("a dead member is dialled by its ring observers, and by nobody else", () => {
    const dialled = dead.filter((name) => dialsAt(node, name).length > 0);
    expect(dialled).toEqual(observed);
  });

  test("a node is the observer of some and not of all", () => {
    expect(observed.length).toBeGreaterThan(0);
    expect(observed.length).toBeLessThan(dead.length);
  });

  test("who becomes an observer by the deaths of others begins to dial", () => {
    const node = withDead(dead, names(30));
    node.run(20 * T);
    const before = dead.filter((name) => node.explain(name)?.observers.includes("self"));
    for (const name of names(30).slice(13)) {
      node.learnDeath(name, "m00", verdict(record(name), "dead", "judge"));
    }
    const isNew = (name: string) => !before.includes(name);
    const added = dead.filter(
      (name) => node.explain(name)?.observers.includes("self") && isNew(name),
    );
    expect(added.length).toBeGreaterThan(0);
    expect(added.flatMap((name) => dialsAt(node, name))).toEqual([]);
    node.run(60 * T);
    for (const name of added) expect(dialsAt(node, name).length).toBeGreaterThan(1);
  });
});
