import { describe, expect, test } from "vitest";
import type { MemberState } from "../../../src/core/member.ts";
import { MembershipTable } from "../../../src/core/membership/table.ts";
import { LastHeard } from "../../../src/core/observing/last-heard.ts";
import { Observers } from "../../../src/core/observing/observers.ts";
import { Rings } from "../../../src/core/observing/rings.ts";
import { NEVER } from "../../../src/core/primitives/deadlines.ts";
import { hash64 } from "../../../src/core/primitives/hash.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import { CONFIG, names, record, T } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";

const SELF = "m00";

/** The observers' part of node m00 among `count` members. */
function part(count: number) {
  const table = new MembershipTable(CONFIG);
  const lastHeard = new LastHeard();
  const rng = seededRng([1, 2, 3, 4]);
  const observers = new Observers({ config: CONFIG, selfName: SELF, rng, table, lastHeard });
  const believe = (name: string, state: MemberState) => {
    const transition = table.apply({ record: record(name), state, since: 0, by: name }, 0);
    if (transition !== undefined) observers.noteTransition(transition, true);
  };
  for (const name of names(count)) believe(name, "alive");
  const watched = (now = 0) =>
    observers
      .subjects(now)
      .map(({ name }) => name)
      .sort();
  return { observers, lastHeard, table, believe, watched };
}

function ringSuccessors(members: readonly string[]): string[] {
  const rings = new Rings();
  for (const name of members) rings.add(name, hash64(name));
  return rings.successors(SELF, hash64(SELF)).sort();
}

const othersOf = (count: number) => names(count).slice(1);
/** What a node sees of its subjects: all of them, or these not. */
const seen = () => false;
const unseen = (subjects: readonly string[]) => (name: string) => subjects.includes(name);

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
    expect(observers.reconsider(4999, seen)).toBe(false);
    expect(observers.nextDeadline()).toBe(5000);
    expect(observers.reconsider(5000, seen)).toBe(true);
    expect(watched()).toEqual(ringSuccessors(names(50)));
  });

  test("is watched until the last of several interests ends", () => {
    const { observers, watched } = part(50);
    observers.watch([stranger], 5000);
    observers.watch([stranger], 3000);
    observers.reconsider(4000, seen);
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
    const usual = watched();
    const half = Math.ceil(usual.length / 2);
    expect(observers.reconsider(1000, unseen(usual.slice(0, half - 1)))).toBe(false);
    expect(observers.reconsider(1000, unseen(usual.slice(0, half)))).toBe(true);
    expect(watched(1000)).toEqual(othersOf(32));
    expect(observers.reconsider(3000, unseen(usual.slice(0, half)))).toBe(false);
    expect(observers.nextDeadline()).toBe(3000 + 5 * T);
    expect(observers.reconsider(3000 + 5 * T - 1, seen)).toBe(false);
    expect(observers.reconsider(3000 + 5 * T, seen)).toBe(true);
    expect(watched(3000 + 5 * T)).toEqual(ringSuccessors(names(32)));
  });

  test("when it heard nobody for a period and a half", () => {
    const { observers, lastHeard, watched } = part(32);
    lastHeard.record("m01", 1000);
    expect(observers.reconsider(2499, seen)).toBe(false);
    expect(observers.reconsider(2500, seen)).toBe(true);
    expect(watched(2500)).toEqual(othersOf(32));
  });
});

describe("a node of more than 32 that loses sight of its subjects explores", () => {
  const successors = ringSuccessors(names(60));
  const all = () => true;

  /** The same part, exploring since 1000, and whom it looks at beside its successors. */
  function exploring(heardAt: Readonly<Record<string, number>> = {}) {
    const { observers, lastHeard, watched, believe } = part(60);
    watched();
    for (const [name, at] of Object.entries(heardAt)) lastHeard.record(name, at);
    expect(observers.reconsider(1000, all)).toBe(true);
    const explored = (now: number) => watched(now).filter((name) => !successors.includes(name));
    return { observers, lastHeard, watched, believe, explored };
  }
  const strangers = othersOf(60).filter((name) => !successors.includes(name));

  test("sixteen others beside its successors, not everybody", () => {
    const { watched, explored } = exploring();
    expect(watched(1000)).toEqual(expect.arrayContaining(successors));
    expect(explored(1000)).toHaveLength(16);
  });

  test("none while it sees more than half of its subjects", () => {
    const { observers, watched } = part(60);
    const few = watched().slice(0, Math.ceil(watched().length / 2) - 1);
    expect(observers.reconsider(1000, unseen(few))).toBe(false);
    expect(watched(1000)).toEqual(successors);
  });

  test("sixteen more each period, for those that did not answer", () => {
    const { observers, explored } = exploring();
    const first = explored(1000);
    expect(observers.nextDeadline()).toBe(1000 + T);
    expect(observers.reconsider(1000 + T - 1, all)).toBe(false);
    expect(explored(1000 + T - 1)).toEqual(first);
    expect(observers.reconsider(1000 + T, all)).toBe(true);
    const second = explored(1000 + T);
    expect(second).toHaveLength(16);
    expect(second.filter((name) => first.includes(name))).toEqual([]);
  });

  test("on with those that answered, as long as they do", () => {
    const { observers, lastHeard, explored } = exploring();
    const [answering = "", once = ""] = explored(1000);
    lastHeard.record(once, 1500);
    for (let now = 1000 + T; now <= 1000 + 4 * T; now += T) {
      lastHeard.record(answering, now);
      observers.reconsider(now, all);
      expect(explored(now)).toContain(answering);
      expect(explored(now)).toHaveLength(16);
      if (now - 1500 <= 2 * T) expect(explored(now)).toContain(once);
      else if (now === 1000 + 3 * T) expect(explored(now)).not.toContain(once);
    }
  });

  test("first among those heard within the last minute", () => {
    const lately = strangers.slice(0, 10);
    const { explored } = exploring(Object.fromEntries(lately.map((name) => [name, 500])));
    expect(explored(1000)).toEqual(expect.arrayContaining(lately));
    expect(explored(1000)).toHaveLength(16);
  });

  test("nobody who is dead", () => {
    const { believe, explored } = exploring();
    const [dead = ""] = explored(1000);
    believe(dead, "dead");
    expect(explored(1000)).not.toContain(dead);
  });

  test("until five periods after it sees its subjects again, and then nobody beside them", () => {
    const { observers, explored } = exploring();
    for (let now = 1000 + T; now < 1000 + 5 * T; now += T) observers.reconsider(now, seen);
    expect(explored(1000 + 5 * T - 1)).toHaveLength(16);
    expect(observers.reconsider(1000 + 5 * T, seen)).toBe(true);
    expect(explored(1000 + 5 * T)).toEqual([]);
    expect(observers.nextDeadline()).toBe(NEVER);
  });
});

describe("as a whole, a node among twenty", () => {
  function amongTwenty(): DrivenNode {
    return new DrivenNode({ knows: othersOf(20), reply: acking, name: SELF });
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
});
