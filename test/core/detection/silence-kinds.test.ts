import { describe, expect, test } from "vitest";
import type { AccusationReason } from "../../../src/core/member.ts";
import { accusation, names, record, T } from "../builders.ts";
import { ackingAndNacking, DrivenNode, type Reply } from "../driven-node.ts";
import { Wired } from "./wired-node.ts";

describe("the kind of a silence", () => {
  test("frozen, where a dial of the round is answered", () => {
    const node = new Wired();
    node.answer("b");
    node.runToDial();
    node.run(1);
    node.answerDial("answered");
    expect(node.runToAccusation()).toBe("frozen");
  });

  test("unreachable, where all dials stay silent and the door was seen before", () => {
    const node = new Wired();
    node.answer("b");
    expect(node.runToAccusation()).toBe("unreachable");
    expect(node.dials().length).toBeGreaterThanOrEqual(2);
  });

  test("is asked for when all repeats stayed unanswered: no ping is sent beside the round's own", () => {
    const node = new Wired();
    node.answer("b");
    node.runUntil(() => node.sentOf("ping-req").length > 0);
    node.run(0.2 * T);
    expect(node.pings(node.sentOf("ping-req")[0]?.at ?? 0)).toEqual([0]);
  });

  test("cannot be told where the door was never seen: a filter for TCP would look like death", () => {
    const node = new Wired({}, false);
    node.answer("b");
    node.run(3 * T);
    expect(node.eventsOf("accused").map(({ event }) => event.evidence)).toEqual(["silence"]);
  });

  test.each([
    [true, "frozen"],
    [false, "silence"],
  ] as const)(
    "without a hello an answered dial counts if the member says that it has the port (%s): %s",
    (takesWires, kind) => {
      const node = new DrivenNode({ config: { wires: true, spies: true } });
      node.become(record("b", { takesWires }));
      node.meet(["b", "c", "d"], ackingAndNacking);
      node.run(2 * T);
      node.answer("b");
      const dials = () =>
        node.asked.flatMap(({ effect }) => (effect.kind === "dial" ? [effect.seq] : []));
      for (let i = 0, answered = 0; i < 6 * T; i++) {
        node.run(1);
        for (const seq of dials().slice(answered))
          node.step({ kind: "dialled", member: "b", seq, answer: "answered" });
        answered = dials().length;
      }
      expect(dials().length).toBeGreaterThan(0);
      expect(node.eventsOf("accused").at(-1)?.event.evidence).toBe(kind);
    },
  );

  test("gets better known while the suspicion stands: a late answer makes it frozen, and the others hear it", () => {
    const node = new Wired();
    node.answer("b");
    expect(node.runToAccusation()).toBe("unreachable");
    const { now } = node;
    node.answerDial("answered");
    expect(node.own.map(({ event }) => event.evidence)).toEqual(["unreachable", "frozen"]);
    const told = node
      .sentOf("gossip", "c", now)
      .flatMap(({ message }) => message.updates)
      .filter((update) => update.kind === "accusation");
    expect(told.map(({ evidence }) => evidence)).toContain("frozen");
  });

  test("is that of an accuser's last word, in whatever order its words arrive", () => {
    const node = new Wired();
    node.answer("b");
    const word = (evidence: AccusationReason, revision: number) =>
      node.gossip("d", accusation(node.peer("b"), "c", { evidence, revision }));
    const said = () => node.explain("b")?.suspicion?.accusations.map(({ evidence }) => evidence);
    word("unreachable", 0);
    word("unreachable", 2);
    word("frozen", 1);
    word("silence", 0);
    expect(said()).toEqual(["unreachable"]);
    word("frozen", 3);
    word("unreachable", 2);
    expect(said()).toEqual(["frozen"]);
  });

  test("is forgotten when the subject is heard", () => {
    const node = new Wired();
    node.answer("b");
    node.runToDial();
    node.answerDial("answered");
    node.gossip("b");
    expect(node.runToAccusation()).toBe("unreachable");
  });
});

/** Acks after so long, and nacks. */
function ackingAfter(afterMs: number): Reply {
  return (body) => {
    const answer = ackingAndNacking(body);
    return answer?.body.kind === "ack" ? { ...answer, afterMs } : answer;
  };
}

test.each([500, 2100])(
  "a subject whose answers take %i ms is doubted once: when they begin to",
  (answerMs) => {
    const node = new Wired();
    node.answer("b", ackingAfter(answerMs));
    node.run(60 * T);
    expect(node.own).toHaveLength(1);
  },
);

test("pings that are open no longer than answers usually take are no reason for a round", () => {
  const node = new Wired();
  node.answer("b", ackingAfter(500));
  node.run(60 * T);
  node.answer("b");
  const from = node.now;
  node.run(4 * T);
  const roundEndedAt = node.eventsOf("probe-round-failed").find(({ at }) => at > from)?.at ?? 0;
  expect(roundEndedAt - from - (node.pings(from)[0] ?? 0)).toBeGreaterThan(2 * 500);
});

test("a node that is cut off still says which silence it accuses of, and accuses no other member", () => {
  const node = new Wired();
  node.answer("b");
  node.runToAccusation();
  for (const name of ["c", "d"]) node.answer(name);
  node.runUntil(() => node.snapshot.isolated);
  const dials = node.asked.flatMap(({ effect }) => (effect.kind === "dial" ? [effect] : []));
  expect(new Set(dials.map(({ member }) => member))).toEqual(new Set(["b", "c", "d"]));
  for (const { member, seq } of dials)
    node.step({ kind: "dialled", member, seq, answer: "answered" });
  expect(node.own.map(({ event }) => [event.member, event.evidence])).toEqual([
    ["b", "unreachable"],
    ["b", "frozen"],
  ]);
});

describe("the grace of a quorum goes by the kind", () => {
  const GRACE = 2 * T;

  function accused(kinds: readonly AccusationReason[]): Wired {
    const node = new Wired({ config: { unreachableGraceMs: T, graceMs: GRACE } });
    node.answer("b");
    node.runToAccusation();
    if (kinds[0] === "frozen") node.answerDial("answered");
    const [, ...others] = kinds;
    for (const [index, evidence] of others.entries()) {
      const accuser = ["c", "d"][index] as string;
      node.gossip(accuser, accusation(node.peer("b"), accuser, { evidence }));
    }
    return node;
  }

  const runToDeath = (node: Wired) => node.runUntil(() => node.state("b") === "dead", 10);

  test("two that find it unreachable: the short one", () => {
    const node = accused(["unreachable", "unreachable"]);
    expect(runToDeath(node)).toBeCloseTo(T, -2);
    expect(node.eventsOf("member-changed").at(-1)?.event).toMatchObject({ cause: "unreachable" });
  });

  test("one that finds it unreachable and one that cannot tell: that of silence", () => {
    const node = accused(["unreachable", "silence"]);
    expect(runToDeath(node)).toBeCloseTo(GRACE, -2);
  });

  test("anybody that heard its kernel: the long one, at whose end it is dead", () => {
    const node = accused(["unreachable", "unreachable", "frozen"]);
    expect(runToDeath(node)).toBeCloseTo(60_000, -2);
    expect(node.eventsOf("member-changed").at(-1)?.event).toMatchObject({ cause: "frozen" });
  });

  test("whose kernel falls silent afterwards is unreachable, and the grace of that begins then", () => {
    const node = accused(["frozen", "unreachable"]);
    node.runFrozen(10 * T);
    const isUnreachable = () => node.own.at(-1)?.event.evidence === "unreachable";
    expect(node.runUntil(isUnreachable, 10)).toBeLessThan(18 * T);
    expect(node.state("b")).toBe("suspect");
    expect(runToDeath(node)).toBeCloseTo(T, -2);
  });

  test("two dials without an answer do not make a frozen one unreachable where pings get lost", () => {
    const node = accused(["frozen", "unreachable"]);
    node.runFrozen(3 * T);
    const before = node.dials().length;
    node.runUntil(() => node.dials().length >= before + 2, 10);
    node.run(30);
    expect(node.own.at(-1)?.event.evidence).toBe("frozen");
  });

  test("a frozen member is not convicted by the timer without a quorum, either", () => {
    const node = accused(["frozen"]);
    node.runFrozen(58_000);
    expect(node.state("b")).toBe("suspect");
  });
});

test("a member that is heard and answers no ping is not doubted for that, not even on another's word", () => {
  const node = new Wired();
  node.answer("b");
  const until = node.now + 12 * T;
  while (node.now < until) {
    node.run(0.45 * T);
    node.gossip("b");
    const word = accusation(node.peer("b"), "c", { evidence: "unreachable" });
    if (node.now > until - 4 * T) node.gossip("c", word);
  }
  expect(node.own).toEqual([]);
});

test("however long a freeze is spared, no more than 30 spies go out to the process within it", () => {
  const frozenGraceMs = 1000 * T;
  const node = new Wired({ config: { frozenGraceMs } });
  node.answer("b");
  node.runToAccusation();
  const from = node.now;
  node.runFrozen(frozenGraceMs);
  expect(node.dials(from).length).toBeGreaterThan(20);
  expect(node.dials(from).length).toBeLessThanOrEqual(30);
});

test("spies of a kernel that answers go out ever more seldom: 1, 2, 4 and then 8 periods apart", () => {
  const node = new Wired();
  node.answer("b");
  node.runToAccusation();
  node.answerDial("answered");
  const from = node.now;
  node.runFrozen(28 * T);
  const pauses = node.dials(from).map(({ at }, index, all) => at - (all[index - 1]?.at ?? from));
  // The first ping at or after the end of the pause brings the next.
  for (const [index, periods] of [1, 2, 4, 8, 8].entries()) {
    expect(pauses[index]).toBeGreaterThanOrEqual(periods * T);
    expect(pauses[index]).toBeLessThan((periods + 1.2) * T);
  }
});

test("who accuses a member goes on watching it, also when it is no longer one of its observers", () => {
  const node = new DrivenNode();
  const all = names(40);
  node.meet(all, ackingAndNacking);
  node.run(2 * T);
  const isObserved = (name: string) => node.explain(name)?.observed;
  const [subject = ""] = all.filter((name) => isObserved(name) === false);
  node.step({ kind: "watch", subjects: [subject], forMs: 3 * T });
  node.run(T);
  node.answer(subject);
  node.run(3 * T);
  expect(node.eventsOf("accused").map(({ event }) => event.accuser)).toContain("self");
  const { now } = node;
  node.run(T);
  expect(node.state(subject)).toBe("suspect");
  expect(isObserved(subject)).toBe(true);
  expect(node.sentOf("ping", subject, now).length).toBeGreaterThan(0);
});
