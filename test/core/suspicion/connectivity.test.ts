import { describe, expect, test } from "vitest";
import { accusation, T, verdict } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";

/** A node that knows these members and heard them at time 0; from then on they are silent. */
function cutOffFrom(members: readonly string[]): DrivenNode {
  const node = new DrivenNode();
  node.meet(members);
  return node;
}

const isolations = (node: DrivenNode) =>
  node.eventsOf("isolated-changed").map(({ at, event }) => ({ at, ...event }));

function hearVerdict(node: DrivenNode, member: string, state: "dead" | "left", by: string): void {
  node.hear(by, { kind: "gossip" }, { updates: [verdict(node.peer(member), state, by)] });
}

test("a node that hears nobody for two periods knows that it is isolated", () => {
  const node = cutOffFrom(["b", "c"]);
  node.run(2 * T - 1);
  expect(node.snapshot.isolated).toBe(false);
  node.run(1);
  expect(node.snapshot.isolated).toBe(true);
  expect(isolations(node)).toEqual([
    { at: 2 * T, kind: "isolated-changed", isolated: true, silentMs: 2 * T },
  ]);
});

test("a node that hears one of many is not isolated", () => {
  const node = cutOffFrom(["b", "c", "d", "e"]);
  node.answer("c", acking);
  node.run(20 * T);
  expect(isolations(node)).toEqual([]);
});

test("with one other member, or none, nobody is isolated", () => {
  for (const members of [["b"], []]) {
    const node = cutOffFrom(members);
    node.run(20 * T);
    expect(isolations(node)).toEqual([]);
  }
});

test.each(["dead", "left"] as const)(
  "a member that is %s is no other to be cut off from",
  (state) => {
    const node = cutOffFrom(["b", "c"]);
    hearVerdict(node, "c", state, "b");
    node.run(20 * T);
    expect(isolations(node)).toEqual([]);
  },
);

test("a suspect is one to be cut off from", () => {
  const node = cutOffFrom(["b", "c"]);
  node.hear("c", { kind: "gossip" }, { updates: [accusation(node.peer("b"), "c")] });
  node.run(2 * T);
  expect(node.snapshot.isolated).toBe(true);
});

test("an isolated node keeps its members and declares nobody, however long", () => {
  const node = cutOffFrom(["b", "c", "d", "e"]);
  for (const by of ["c", "d"]) {
    node.hear(by, { kind: "gossip" }, { updates: [accusation(node.peer("b"), by)] });
  }
  node.run(600 * T);
  expect(node.snapshot.isolated).toBe(true);
  expect(node.eventsOf("member-changed").filter(({ event }) => event.to === "dead")).toEqual([]);
});

describe("the first datagram", () => {
  function rejoined(): DrivenNode {
    const node = cutOffFrom(["b", "c", "d", "e"]);
    for (const by of ["c", "d"]) {
      node.hear(by, { kind: "gossip" }, { updates: [accusation(node.peer("b"), by)] });
    }
    node.run(60 * T);
    node.hear("c", { kind: "gossip" });
    return node;
  }

  test("ends the isolation and says how long it was", () => {
    const node = rejoined();
    expect(node.snapshot.isolated).toBe(false);
    expect(isolations(node).at(-1)).toMatchObject({ isolated: false, silentMs: 60 * T });
  });

  test("takes the gap out of all silences", () => {
    const node = rejoined();
    for (const name of ["b", "d", "e"]) expect(node.explain(name)?.phi).toBeLessThan(1);
  });

  test("takes the gap out of the clocks of suspicions", () => {
    const node = rejoined();
    expect(node.explain("b")?.suspicion?.quorumForMs).toBeLessThan(2 * T);
    node.run(T / 2);
    expect(node.state("b")).toBe("suspect");
  });

  test("from a stranger does so, too", () => {
    const node = cutOffFrom(["b", "c"]);
    node.run(60 * T);
    node.hear("x", { kind: "gossip" });
    expect(node.snapshot.isolated).toBe(false);
    expect(node.explain("b")?.phi).toBeLessThan(1);
  });

  test("leaves the gap unlearned", () => {
    const node = new DrivenNode();
    node.meet(["b", "c"], acking);
    node.run(20 * T);
    for (const name of ["b", "c"]) node.answer(name);
    node.run(10 * T);
    for (const name of ["b", "c"]) node.answer(name, acking);
    node.run(10 * T);
    expect(Math.max(...(node.explain("b")?.detector?.intervalsMs ?? []))).toBeLessThan(1.2 * T);
  });
});
