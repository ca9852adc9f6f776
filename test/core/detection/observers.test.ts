import { describe, expect, test } from "vitest";
import { Evidence } from "../../../src/core/detection/evidence.ts";
import { Observers } from "../../../src/core/detection/observers.ts";
import { Rings } from "../../../src/core/detection/rings.ts";
import type { MemberState } from "../../../src/core/member.ts";
import { MembershipTable } from "../../../src/core/membership/table.ts";
import { hash64 } from "../../../src/core/primitives/hash.ts";
import { accusation, belief, CONFIG, names, record, T, verdict } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";

const SELF = "m00";

/** The observers' part of node m00 among `count` members. */
function part(count: number) {
  const table = new MembershipTable(CONFIG);
  const evidence = new Evidence();
  const observers = new Observers({ config: CONFIG, selfName: SELF, table, evidence });
  const believe = (name: string, state: MemberState) => {
    const transition = table.apply({ record: record(name), state, since: 0, by: name }, 0);
    if (transition !== undefined) observers.noteTransition(transition);
  };
  for (const name of names(count)) believe(name, "alive");
  const watched = (now = 0) =>
    observers
      .subjects(now)
      .map(({ name }) => name)
      .sort();
  return { observers, evidence, table, believe, watched };
}

function ringSuccessors(members: readonly string[]): string[] {
  const rings = new Rings();
  for (const name of members) rings.add(name, hash64(name));
  return rings.successors(SELF, hash64(SELF)).sort();
}

const othersOf = (count: number) => names(count).slice(1);

test("up to twelve members everybody watches everybody", () => {
  expect(part(12).watched()).toEqual(othersOf(12));
});

test("from thirteen on each watches its successors on the rings", () => {
  expect(part(13).watched()).toEqual(ringSuccessors(names(13)));
  expect(part(200).watched()).toEqual(ringSuccessors(names(200)));
  expect(part(200).watched().length).toBeLessThanOrEqual(8);
});

test("a suspect stays watched and on the rings; the dead, the left and the forgotten do not", () => {
  const { believe, watched } = part(50);
  const before = watched();
  const [first = "", second = "", third = "", fourth = ""] = before;
  believe(first, "suspect");
  expect(watched()).toEqual(before);
  believe(second, "dead");
  believe(third, "left");
  believe(fourth, "forgotten");
  const present = names(50).filter((name) => ![second, third, fourth].includes(name));
  expect(watched()).toEqual(ringSuccessors(present));
});

test("those who watch a member by my rings are those who watch it by theirs", () => {
  const { observers, table } = part(40);
  const subject = table.get("m07");
  const watchers = subject === undefined ? [] : observers.observersOf(subject);
  const rings = new Rings();
  for (const name of names(40)) rings.add(name, hash64(name));
  const expected = names(40).filter((name) => rings.successors(name, hash64(name)).includes("m07"));
  expect(watchers.map(({ name }) => name).sort()).toEqual(expected);
});

test("in a small cluster all others observe a member, never itself", () => {
  const { observers, table } = part(5);
  const subject = table.get("m03");
  const watchers = subject === undefined ? [] : observers.observersOf(subject);
  expect(watchers.map(({ name }) => name).sort()).toEqual(["m00", "m01", "m02", "m04"]);
});

describe("whom somebody here depends on", () => {
  const stranger = othersOf(50).find((name) => !ringSuccessors(names(50)).includes(name)) ?? "";

  test("is watched beside the successors, until the interest ends", () => {
    const { observers, watched } = part(50);
    observers.watch([stranger], 5000);
    expect(watched()).toEqual([...ringSuccessors(names(50)), stranger].sort());
    expect(observers.reconsider(4999, 8, 0)).toBe(false);
    expect(observers.nextDeadline()).toBe(5000);
    expect(observers.reconsider(5000, 8, 0)).toBe(true);
    expect(watched()).toEqual(ringSuccessors(names(50)));
  });

  test("is watched until the last of several interests ends", () => {
    const { observers, watched } = part(50);
    observers.watch([stranger], 5000);
    observers.watch([stranger], 3000);
    observers.reconsider(4000, 8, 0);
    expect(watched()).toContain(stranger);
  });

  test("is watched only while present, oneself never", () => {
    const { observers, believe, watched } = part(50);
    observers.watch([stranger, SELF, "unknown"], 5000);
    expect(watched()).not.toContain(SELF);
    believe(stranger, "dead");
    expect(watched()).not.toContain(stranger);
    believe("unknown", "alive");
    expect(watched()).toContain("unknown");
  });
});

describe("a node that loses sight of its subjects looks at everybody", () => {
  test("while half of them are suspect or silent, and for five periods after", () => {
    const { observers, watched } = part(32);
    expect(observers.reconsider(1000, 8, 3)).toBe(false);
    expect(observers.reconsider(1000, 8, 4)).toBe(true);
    expect(watched(1000)).toEqual(othersOf(32));
    expect(observers.reconsider(3000, 31, 16)).toBe(false);
    expect(observers.nextDeadline()).toBe(3000 + 5 * T);
    expect(observers.reconsider(3000 + 5 * T - 1, 31, 4)).toBe(false);
    expect(observers.reconsider(3000 + 5 * T, 31, 4)).toBe(true);
    expect(watched(3000 + 5 * T)).toEqual(ringSuccessors(names(32)));
  });

  test("when it heard nobody for a period and a half", () => {
    const { observers, evidence, watched } = part(32);
    evidence.heard("m01", 1000);
    expect(observers.reconsider(2499, 8, 0)).toBe(false);
    expect(observers.reconsider(2500, 8, 0)).toBe(true);
    expect(watched(2500)).toEqual(othersOf(32));
  });

  test("only among up to 32", () => {
    const { observers, watched } = part(33);
    observers.reconsider(1000, 8, 8);
    expect(watched(1000)).toEqual(ringSuccessors(names(33)));
  });
});

describe("as a whole, a node among twenty", () => {
  function amongTwenty(): DrivenNode {
    const node = new DrivenNode({ name: SELF });
    node.meet(othersOf(20), acking);
    return node;
  }
  const watchedBy = (node: DrivenNode) =>
    node.snapshot.members.filter(({ observed }) => observed).map((member) => member.record.name);

  test("pings its ring successors and nobody else", () => {
    const node = amongTwenty();
    node.run(3 * T);
    const since = node.now;
    node.run(5 * T);
    const pinged = new Set(node.sentOf("ping", undefined, since).map(({ to }) => to.member ?? ""));
    expect([...pinged].sort()).toEqual(ringSuccessors(names(20)));
    expect(watchedBy(node)).toEqual(ringSuccessors(names(20)));
  });

  test("widens when half of its subjects fall silent, and narrows again when they are back", () => {
    const node = amongTwenty();
    node.run(8 * T);
    const successors = ringSuccessors(names(20));
    const half = successors.slice(0, Math.ceil(successors.length / 2));
    for (const name of half) node.answer(name);
    node.run(1.4 * T);
    expect(watchedBy(node)).toEqual(othersOf(20));
    for (const name of half) node.answer(name, acking);
    node.run(8 * T);
    expect(watchedBy(node)).toEqual(successors);
  });

  test("a suspect is pinged on, a dead one by the prober no more", () => {
    const node = amongTwenty();
    node.run(T);
    const [suspect = "", dead = ""] = ringSuccessors(names(20));
    node.hear("m19", { kind: "gossip" }, { updates: [accusation(node.peer(suspect), "m19")] });
    node.hear("m19", { kind: "gossip" }, { updates: [verdict(node.peer(dead), "dead", "m19")] });
    expect(watchedBy(node)).toContain(suspect);
    expect(watchedBy(node)).not.toContain(dead);
    expect(node.explain(dead)?.phi).toBeNull();
  });

  test("watches whom a consumer depends on, for as long as it was asked", () => {
    const node = amongTwenty();
    const stranger = othersOf(20).find((name) => !ringSuccessors(names(20)).includes(name)) ?? "";
    node.run(6 * T);
    node.step({ kind: "watch", subjects: [stranger], forMs: 4 * T });
    node.run(3.9 * T);
    expect(watchedBy(node)).toContain(stranger);
    node.run(0.2 * T);
    expect(watchedBy(node)).not.toContain(stranger);
  });

  test("takes a member that comes back into the rings again", () => {
    const node = amongTwenty();
    const [dead = ""] = ringSuccessors(names(20));
    node.hear("m19", { kind: "gossip" }, { updates: [verdict(node.peer(dead), "dead", "m19")] });
    const back = { ...node.peer(dead), incarnation: 2 };
    node.hear("m19", { kind: "gossip" }, { updates: [belief(back)] });
    expect(watchedBy(node)).toContain(dead);
  });
});
