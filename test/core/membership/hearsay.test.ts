import { describe, expect, test } from "vitest";
import type {
  BeliefUpdate,
  DeathMark,
  DeathsUpdate,
  MemberRecord,
} from "../../../src/core/member.ts";
import { hash64 } from "../../../src/core/primitives/hash.ts";
import { accusation, belief, CONFIG, record, T, verdict } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { eventsIn, toldTo } from "../outcome.ts";

const PUSH = { kind: "sync-push" } as const;
const MINUTE = 60_000;
const B = record("b", { incarnation: 5 });

/** A node that knows b and heard it just now, or for the last time more than 1.5 T ago. */
function knowingB({ heardLately }: { heardLately: boolean }): DrivenNode {
  const node = new DrivenNode();
  node.become(B);
  node.meet(["b"]);
  node.meet(["c", "d"], acking);
  if (!heardLately) node.run(1.5 * T + 1);
  return node;
}

function bySync(node: DrivenNode, update: BeliefUpdate) {
  return node.hear("c", PUSH, { updates: [update] });
}

function deadB(of: MemberRecord = B, ageMs = 0): BeliefUpdate {
  return belief(of, "dead", { by: "judge", ageMs });
}

describe("a death learned from a record", () => {
  test.each([true, false])(
    "about a member held alive is told to it and believed when it is silent (heard lately: %s)",
    (heardLately) => {
      const node = knowingB({ heardLately });
      const effects = bySync(node, deadB());
      expect(toldTo("b", effects)).toContainEqual(verdict(B, "dead", "judge"));
      expect(node.state("b")).toBe("alive");
      node.run(1.5 * CONFIG.roundWaitMs);
      expect(node.state("b")).toBe("dead");
      expect(node.eventsOf("member-changed").at(-1)?.event.by).toBe("judge");
    },
  );

  test.each([true, false])(
    "about a member held alive does not even make a suspect of one that answers (heard lately: %s)",
    (heardLately) => {
      const node = knowingB({ heardLately });
      node.answer("b", acking);
      bySync(node, deadB());
      node.run(2 * T);
      expect(node.state("b")).toBe("alive");
      expect(node.eventsOf("accused")).toEqual([]);
    },
  );

  test("of a newer incarnation brings the record, and that one is asked about", () => {
    const node = knowingB({ heardLately: false });
    const newer = { ...B, incarnation: 6 };
    const effects = bySync(node, deadB(newer));
    expect(node.explain("b")).toMatchObject({ state: "alive", record: { incarnation: 6 } });
    expect(toldTo("b", effects)).toContainEqual(verdict(newer, "dead", "judge"));
    node.run(1.5 * CONFIG.roundWaitMs);
    expect(node.explain("b")).toMatchObject({ state: "dead", record: { incarnation: 6 } });
  });

  test("about an unknown member is taken as it stands, with its age", () => {
    const node = knowingB({ heardLately: true });
    const effects = bySync(node, deadB(record("gone"), 3 * MINUTE));
    expect(node.state("gone")).toBe("dead");
    expect(node.explain("gone")?.stateForMs).toBe(3 * MINUTE);
    expect(eventsIn(effects, "member-changed")).toMatchObject([
      { member: "gone", from: null, to: "dead", by: "judge" },
    ]);
  });

  test("about a dead member is taken as it stands, and nobody returns for it", () => {
    const node = knowingB({ heardLately: true });
    node.learnDeath("b", "c");
    const effects = bySync(node, deadB({ ...B, incarnation: 6 }, MINUTE));
    expect(node.explain("b")).toMatchObject({ state: "dead", record: { incarnation: 6 } });
    expect(eventsIn(effects, "member-changed")).toEqual([]);
  });

  test("of an unknown member is not taken when its last minute has begun: it may be reaped here", () => {
    const node = knowingB({ heardLately: true });
    const lastMinute = CONFIG.tombstoneMs - MINUTE;
    bySync(node, deadB(record("gone"), lastMinute));
    expect(node.state("gone")).toBeUndefined();
    bySync(node, deadB(record("gone"), lastMinute - 1));
    expect(node.state("gone")).toBe("dead");
  });

  test("of an unknown member is gossiped when it is news, and left to syncs when it is old", () => {
    const node = knowingB({ heardLately: true });
    node.run(30 * T);
    const owed = () => node.snapshot.queues.updatesOwed;
    expect(owed()).toBe(0);
    bySync(node, deadB(record("old"), 10 * T));
    expect([node.state("old"), owed()]).toEqual(["dead", 0]);
    bySync(node, deadB(record("new"), 10 * T - 1));
    expect([node.state("new"), owed()]).toEqual(["dead", 1]);
  });
});

describe("a suspicion learned from a record", () => {
  const suspectB = belief(B, "suspect", { by: "judge" });

  test("is one accusation, by the one who raised it", () => {
    const node = knowingB({ heardLately: false });
    bySync(node, suspectB);
    expect(node.explain("b")?.accusers).toContain("judge");
  });

  test("about a member heard within 1.5 T is forwarded to it and not applied", () => {
    const node = knowingB({ heardLately: true });
    const effects = bySync(node, suspectB);
    expect(node.state("b")).toBe("alive");
    expect(toldTo("b", effects)).toContainEqual(accusation(B, "judge", { phi: 0 }));
  });

  test("about an unknown member brings it as a suspect", () => {
    const node = knowingB({ heardLately: true });
    bySync(node, belief(record("new"), "suspect", { by: "judge" }));
    expect(node.state("new")).toBe("suspect");
  });
});

test("a record of an older incarnation never comes back, though the member is dead", () => {
  const node = knowingB({ heardLately: true });
  node.learnDeath("b", "c");
  node.gossip("c", belief({ ...B, incarnation: 4 }), belief(B));
  expect(node.state("b")).toBe("dead");
  node.gossip("c", belief({ ...B, incarnation: 6 }));
  expect(node.state("b")).toBe("alive");
});

describe("a list of deaths", () => {
  const mark = (name: string, incarnation: number) => ({
    nameHigh: hash64(name).high,
    incarnation,
  });
  const listOf = (...deaths: DeathMark[]): DeathsUpdate => ({
    kind: "deaths",
    cause: "crash",
    deaths,
  });

  test("is as much as its sender's verdict on each member that is held at that incarnation", () => {
    const node = knowingB({ heardLately: true });
    const effects = node.gossip("c", listOf(mark("b", 5), mark("d", 1)));
    const cause = "crash";
    expect(toldTo("b", effects)).toContainEqual({ ...verdict(B, "dead", "c"), cause });
    expect(toldTo("d", effects)).toContainEqual({ ...verdict(node.peer("d"), "dead", "c"), cause });
    node.run(1.5 * CONFIG.roundWaitMs);
    expect(node.state("b")).toBe("dead");
    expect(node.state("d")).toBe("alive");
  });

  test.each([4, 6])(
    "says nothing of a member that is held at another incarnation (%i)",
    (other) => {
      const node = knowingB({ heardLately: true });
      const effects = node.gossip("c", listOf(mark("b", other), mark("stranger", 5)));
      expect(effects.filter(({ kind }) => kind === "send")).toEqual([]);
      node.run(1.5 * CONFIG.roundWaitMs);
      expect(node.state("b")).toBe("alive");
    },
  );

  test("with the reader in it is refuted", () => {
    const node = knowingB({ heardLately: true });
    node.gossip("c", listOf(mark("self", node.self.incarnation)));
    expect(node.eventsOf("refuted").map(({ event }) => event.rumour)).toEqual(["dead"]);
  });
});
