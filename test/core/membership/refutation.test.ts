import { describe, expect, test } from "vitest";
import type { Update } from "../../../src/core/member.ts";
import { accusation, belief, record, startIdOf, T, verdict } from "../builders.ts";
import { DrivenNode } from "../driven-node.ts";
import { eventsIn, recordsTo } from "../outcome.ts";

const GOSSIP = { kind: "gossip" } as const;
const OWN = record("self", { incarnation: 5 });
const OTHER_START = startIdOf("self", 2);

function nodeAtFive(): DrivenNode {
  return new DrivenNode({ knows: ["b", "c"], self: { incarnation: 5 } });
}

function said(node: DrivenNode, ...updates: Update[]) {
  return node.gossip("b", ...updates);
}

describe("a node raises itself above what it must not let stand, and tells whoever said it:", () => {
  const rumours: readonly (readonly [string, Update, number])[] = [
    ["a suspicion", accusation(OWN, "c"), 6],
    ["a death", verdict(OWN, "dead", "c"), 6],
    ["its removal by an operator", verdict(OWN, "forgotten", "c"), 6],
    ["a goodbye that it never said", verdict(OWN, "left", "self"), 6],
    ["a suspicion of a higher incarnation", accusation({ ...OWN, incarnation: 9 }, "c"), 10],
    ["a higher incarnation, though alive", belief({ ...OWN, incarnation: 9 }), 10],
    ["another start at its incarnation", belief({ ...OWN, startId: OTHER_START }), 6],
    ["a record that says dead", belief(OWN, "dead", { by: "c" }), 6],
  ];
  test.each(rumours)("%s", (_, rumour, raised) => {
    const node = nodeAtFive();
    const effects = said(node, rumour);
    expect(node.snapshot.self.incarnation).toBe(raised);
    expect(eventsIn(effects, "refuted")).toMatchObject([{ incarnation: raised, by: "b" }]);
    const refutation = { record: node.snapshot.self, state: "alive" };
    expect(recordsTo("b", effects)).toContainEqual(refutation);
    expect(node.state("self")).toBe("alive");
  });

  test("a header under its own name with a higher incarnation", () => {
    const node = nodeAtFive();
    const { endpoint } = OWN;
    const updates: Update[] = [];
    node.become({ ...OWN, startId: OTHER_START, incarnation: 8 });
    node.hear("self", GOSSIP, { updates, endpoint });
    expect(node.snapshot.self.incarnation).toBe(9);
  });
});

test("while a refuted rumour is still told, all are told of the refutation again, once a period", () => {
  const node = nodeAtFive();
  said(node, accusation(OWN, "c"));
  node.run(10 * T);
  expect(node.snapshot.queues.updatesOwed).toBe(0);
  const toldToC = (from: number) =>
    node.sentOf("gossip", "c", from).flatMap(({ message }) => message.updates);
  const from = node.now;
  for (let i = 0; i < 5; i++) said(node, accusation(OWN, "b"));
  node.run(0.9 * T);
  expect(toldToC(from)).toContainEqual(belief(node.snapshot.self));
  const owed = () => node.snapshot.queues.updatesOwed;
  expect(owed()).toBe(0);
  said(node, accusation(OWN, "b"));
  expect(owed()).toBe(0);
  node.run(0.1 * T);
  said(node, accusation(OWN, "b"));
  expect(owed()).toBe(1);
});

test("a refutation is owed to the whole cluster, not only to the speaker", () => {
  const node = nodeAtFive();
  node.run(3000);
  said(node, accusation(OWN, "c"));
  const from = node.now;
  node.run(1000);
  const told = node.sent
    .filter(({ at, to }) => at >= from && to.member === "c")
    .flatMap(({ message }) => message.updates);
  expect(told).toContainEqual(belief(node.snapshot.self));
});

test("what is said of an older incarnation of a node is answered with its record, and raises nothing", () => {
  const node = nodeAtFive();
  const effects = said(node, accusation({ ...OWN, incarnation: 4 }, "c"));
  expect(recordsTo("b", effects)).toContainEqual({ record: OWN, state: "alive" });
  expect(node.snapshot.self.incarnation).toBe(5);
});

test("its own word that it is alive raises nothing", () => {
  const node = nodeAtFive();
  expect(eventsIn(said(node, belief(OWN)), "refuted")).toEqual([]);
  expect(node.snapshot.self.incarnation).toBe(5);
});

test("a leaving node refutes nothing", () => {
  const node = nodeAtFive();
  node.step({ kind: "leave" });
  const leaving = node.snapshot.self;
  for (const rumour of [accusation(leaving, "c"), verdict(leaving, "dead", "c")]) {
    expect(eventsIn(said(node, rumour), "refuted")).toEqual([]);
  }
  expect(node.snapshot.self).toEqual(leaving);
});

test("a refuted suspicion costs local health, a refuted death does not", () => {
  const node = nodeAtFive();
  said(node, verdict(OWN, "dead", "c"));
  expect(node.snapshot.localHealth).toBe(0);
  said(node, accusation(node.snapshot.self, "c"));
  expect(node.snapshot.localHealth).toBe(1);
});
