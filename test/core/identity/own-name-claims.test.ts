import { describe, expect, test } from "vitest";
import type { MemberState } from "../../../src/core/member.ts";
import { belief, endpointOf, header, record, startIdOf } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { bodiesIn, eventsIn } from "../outcome.ts";

const GOSSIP = { kind: "gossip" } as const;
const DIGEST = { high: 0, low: 0 };
const OTHER = endpointOf("other");

/** The node, which started in second 5 and knows these members, hears itself speak from elsewhere. */
function haunted(otherSecond: number, members: readonly string[] = ["c"]) {
  const node = new DrivenNode({
    knows: members,
    reply: acking,
    self: { startId: startIdOf("self", 5), incarnation: 50 },
  });
  const startId = startIdOf("self", otherSecond);
  const other = record("self", { startId, incarnation: 40, endpoint: OTHER });
  node.become(other);
  node.hear("self", GOSSIP, { endpoint: OTHER });
  node.run(1);
  return { node, other };
}

/** The same, and the other owner answered: its name is at stake. */
function contested(otherSecond: number, members: readonly string[] = ["c"]) {
  const { node, other } = haunted(otherSecond, members);
  const [ping] = node.sentOf("ping", "self");
  const seq = ping?.message.body.seq ?? 0;
  const effects = node.hear("self", { kind: "ack", seq, digest: DIGEST }, { endpoint: OTHER });
  node.run(1);
  const holds = (member: string, held: typeof other, state: MemberState = "alive") =>
    node.gossip(member, belief(held, state));
  const verdicts = () => node.eventsOf("name-conflict").map(({ event }) => event.mustYield);
  return { node, other, effects, holds, verdicts };
}

describe("of two running owners of one name", () => {
  test("each looks whether the other one really runs", () => {
    const { node } = haunted(9);
    expect(node.sentOf("ping", "self")).toMatchObject([
      { to: { endpoint: OTHER }, message: { body: { target: "self" } } },
    ]);
  });

  test("the one that started first tells the other at once that the name is taken", () => {
    const { effects } = contested(9);
    expect(eventsIn(effects, "name-conflict")).toMatchObject([
      { other: OTHER, otherStartId: startIdOf("self", 9), mustYield: false },
    ]);
    expect(bodiesIn(effects, "conflict")).toMatchObject([
      { name: "self", holderStartId: startIdOf("self", 5) },
    ]);
  });

  test.each([
    ["first", 2],
    ["later", 9],
  ])("the one that the members hold stays, though the other started %s", (_when, second) => {
    const { node, holds, verdicts } = contested(second, ["c", "d", "e"]);
    for (const member of ["c", "d", "e"]) holds(member, node.self);
    node.run(5000);
    expect(verdicts()).toEqual([false]);
    expect(node.sentOf("conflict").map(({ to }) => to.endpoint)).toEqual([OTHER]);
  });

  test.each([
    ["first", 2],
    ["later: it was replaced while it stood still", 9],
  ])(
    "the one that the members do not hold yields, though the other started %s",
    (_when, second) => {
      const { holds, other, verdicts } = contested(second, ["c", "d", "e"]);
      holds("c", other);
      expect(verdicts()).not.toContain(true);
      holds("d", other);
      holds("e", other);
      expect(verdicts().at(-1)).toBe(true);
    },
  );

  test("the word of one member among three ends nobody", () => {
    const { node, other, holds, verdicts } = contested(2, ["c", "d", "e"]);
    holds("c", other);
    node.run(5000);
    expect(verdicts()).toEqual([false]);
  });

  test("a member speaks only from where it lives, for itself, and of a running owner", () => {
    const { node, other, holds, verdicts } = contested(2, ["c", "d"]);
    const updates = [belief(other)];
    node.hear("c", GOSSIP, { updates, endpoint: OTHER });
    node.gossip("stranger", ...updates);
    holds("d", other, "dead");
    node.run(5000);
    expect(verdicts()).toEqual([false]);
  });

  test("five members are asked whom they hold, three times each while they are silent", () => {
    const { node } = contested(2, ["b", "c", "d", "e", "f", "g", "h"]);
    node.run(600);
    const asked = node
      .sentOf("record-request")
      .filter(({ message }) => message.body.member === "self");
    expect(asked).toHaveLength(15);
    expect(new Set(asked.map(({ to }) => to.member)).size).toBe(5);
  });

  test("where nobody can be asked, the one that started later yields to an address it was given", () => {
    const node = new DrivenNode({ hasSeeds: true, self: { startId: startIdOf("self", 5) } });
    node.step({ kind: "join", seeds: [OTHER] });
    node.become(record("self", { startId: startIdOf("self", 2), endpoint: OTHER }));
    node.hear("self", GOSSIP, { endpoint: OTHER });
    node.run(1);
    const seq = node.sentOf("ping", "self")[0]?.message.body.seq ?? 0;
    const effects = node.hear("self", { kind: "ack", seq, digest: DIGEST }, { endpoint: OTHER });
    expect(eventsIn(effects, "name-conflict")).toMatchObject([{ mustYield: true }]);
  });

  test("two datagrams from a stranger end nobody: a conflict, and an ack of an older start", () => {
    const { effects, node } = contested(0, []);
    expect(eventsIn(effects, "name-conflict")).toMatchObject([{ mustYield: false }]);
    node.run(5000);
    expect(node.eventsOf("name-conflict")).toHaveLength(1);
  });

  test("the one that is told of a conflict looks at the holder before it yields", () => {
    const node = new DrivenNode({ knows: ["c"], reply: acking });
    const holderStartId = startIdOf("self", 0);
    const conflict = { kind: "conflict", name: "self", holder: OTHER, holderStartId } as const;
    expect(eventsIn(node.hear("c", conflict), "name-conflict")).toEqual([]);
    node.run(1);
    expect(node.sentOf("ping", "self").map(({ to }) => to.endpoint)).toEqual([OTHER]);
  });

  test("the one that the other owner tells itself looks at the address that it names", () => {
    const { node, other } = haunted(2);
    const holder = endpointOf("advertised");
    const { startId: holderStartId } = other;
    node.hear("self", { kind: "conflict", name: "self", holder, holderStartId });
    node.run(1);
    expect(node.sentOf("ping", "self").map(({ to }) => to.endpoint)).toContainEqual(holder);
  });

  test("a replayed datagram of an older start makes nobody yield: nobody answers there", () => {
    const { node } = haunted(2);
    node.run(5000);
    expect(node.sentOf("ping", "self")).toHaveLength(1);
    expect(node.eventsOf("name-conflict")).toEqual([]);
    expect(node.state("self")).toBe("alive");
  });

  test("an ack that was not asked for makes nobody yield", () => {
    const { node, other } = haunted(2);
    const message = {
      header: header(other, 9),
      body: { kind: "ack", seq: 4_000_000, digest: DIGEST },
      updates: [],
    } as const;
    const effects = node.receive(message, OTHER);
    expect(eventsIn(effects, "name-conflict")).toEqual([]);
  });
});
