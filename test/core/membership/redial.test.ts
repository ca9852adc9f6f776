import { describe, expect, test } from "vitest";
import { belief, names, record, T, verdict } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";

const GOSSIP = { kind: "gossip" } as const;

/** A node whose other members all answer, but those that it is told are dead. */
function withDead(dead: readonly string[], alive: readonly string[] = names(4)): DrivenNode {
  const node = new DrivenNode();
  node.meet(dead);
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

function pausesOf(times: readonly number[]): number[] {
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
}

test("a dead member is pinged every 1.5 T ± 33 % for a minute, and told that it is held dead", () => {
  const node = withDead(["b"]);
  node.run(55 * T);
  const pauses = pausesOf([0, ...dialsAt(node, "b")]);
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

test("after 60 T the pause grows to 15 T, and the dialling never ends", () => {
  const node = withDead(["b"]);
  node.run(600 * T);
  const pauses = pausesOf(dialsAt(node, "b").filter((at) => at > 150 * T));
  expect(pauses.length).toBeGreaterThan(20);
  for (const pause of pauses) {
    expect(pause).toBeGreaterThanOrEqual(15 * 0.67 * T - 1);
    expect(pause).toBeLessThanOrEqual(15 * 1.33 * T + 1);
  }
});

test("in a cluster of up to three the pause grows to 5 T only", () => {
  const node = withDead(["b"], ["c"]);
  node.run(400 * T);
  const pauses = pausesOf(dialsAt(node, "b").filter((at) => at > 150 * T));
  for (const pause of pauses) expect(pause).toBeLessThanOrEqual(5 * 1.33 * T + 1);
  expect(pauses.length).toBeGreaterThan(30);
});

test("a node dials at most twice in a period, however many are dead", () => {
  const dead = ["d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9"];
  const node = withDead(dead);
  node.run(30 * T);
  const times = dead.flatMap((name) => dialsAt(node, name)).sort((a, b) => a - b);
  expect(times.length).toBeGreaterThan(50);
  expect(Math.min(...pausesOf(times))).toBeGreaterThanOrEqual(T / 2);
  for (const name of dead) expect(dialsAt(node, name).length).toBeGreaterThan(1);
});

test.each(["left", "forgotten"] as const)("a member that is %s is never dialled", (state) => {
  const node = withDead([]);
  node.meet(["b"]);
  node.hear("m00", GOSSIP, { updates: [verdict(record("b"), state, "b")] });
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
  node.hear("b", GOSSIP, { updates: [belief(back)] });
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
