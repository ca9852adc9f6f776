import { describe, expect, test } from "vitest";
import { accusation, belief, names, record, T, verdict } from "../builders.ts";
import { acking, ackingAndNacking, DrivenNode } from "../driven-node.ts";
import { accuse, refuseEach } from "../suspicion/silent-subject.ts";

/** A node that knows these members and heard them at time 0; from then on they are silent. */
const cutOffFrom = (knows: readonly string[]) => new DrivenNode({ knows });

const isolations = (node: DrivenNode) =>
  node.eventsOf("isolated-changed").map(({ at, event }) => ({ at, ...event }));

function hearVerdict(node: DrivenNode, member: string, state: "dead" | "left", by: string): void {
  node.gossip(by, verdict(node.peer(member), state, by));
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
  node.gossip("c", accusation(node.peer("b"), "c"));
  node.run(2 * T);
  expect(node.snapshot.isolated).toBe(true);
});

test("an isolated node keeps its members and declares nobody, however long", () => {
  const node = cutOffFrom(["b", "c", "d", "e"]);
  accuse(node, ["c", "d"]);
  node.run(600 * T);
  expect(node.snapshot.isolated).toBe(true);
  expect(node.eventsOf("member-changed").filter(({ event }) => event.to === "dead")).toEqual([]);
});

describe("the first datagram", () => {
  function rejoined(): DrivenNode {
    const node = cutOffFrom(["b", "c", "d", "e"]);
    accuse(node, ["c", "d"]);
    node.run(60 * T);
    node.gossip("c");
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

  test("from a stranger does so, too, if it brings the stranger's record", () => {
    const node = cutOffFrom(["b", "c"]);
    node.run(60 * T);
    node.gossip("x");
    expect(node.snapshot.isolated).toBe(true);
    node.gossip("x", belief(record("x")));
    expect(node.snapshot.isolated).toBe(false);
    expect(node.explain("b")?.phi).toBeLessThan(1);
  });

  test("does not, if it is a replay of what was heard before", () => {
    const node = cutOffFrom(["b", "c"]);
    node.run(60 * T);
    node.hear("b", { kind: "gossip" }, { header: { counter: 1 } });
    expect(node.snapshot.isolated).toBe(true);
  });

  test("leaves the gap unlearned", () => {
    const node = new DrivenNode({ knows: ["b", "c"], reply: acking });
    node.run(20 * T);
    for (const name of ["b", "c"]) node.answer(name);
    node.run(10 * T);
    for (const name of ["b", "c"]) node.answer(name, acking);
    node.run(10 * T);
    expect(Math.max(...(node.explain("b")?.detector?.intervalsMs ?? []))).toBeLessThan(1.2 * T);
  });
});

describe("in a cluster of more than twelve a node that hears few is cut off, too:", () => {
  /** A node among so many, all heard at time 0; from then on they are silent. */
  const among = (count: number) => new DrivenNode({ knows: names(count - 1) });

  /** Runs while these members, and no others, are heard twice a period. */
  function hearing(node: DrivenNode, talking: readonly string[], periods: number): void {
    for (let half = 0; half < 2 * periods; half++) {
      for (const name of talking) node.gossip(name);
      node.run(T / 2);
    }
  }

  test.each([
    [33, 3, true],
    [33, 4, false],
    [17, 2, true],
    [17, 3, false],
    [16, 1, true],
    [16, 2, false],
    [12, 1, false],
  ])("among %i members, hearing %i: isolated is %s", (count, heard, isIsolated) => {
    const node = among(count);
    hearing(node, names(heard), 20);
    expect(node.snapshot.isolated).toBe(isIsolated);
    expect(isolations(node)).toHaveLength(isIsolated ? 1 : 0);
  });

  test("after two periods and a last question to all, as if it heard nobody", () => {
    const node = among(33);
    hearing(node, names(3), 2.5);
    expect(isolations(node)).toEqual([]);
    hearing(node, names(3), 1);
    expect(isolations(node)).toMatchObject([{ isolated: true, silentMs: 2 * T }]);
  });

  test("it is back when it hears six, not when it hears five", () => {
    const node = among(60);
    hearing(node, names(3), 10);
    hearing(node, names(5), 10);
    expect(node.snapshot.isolated).toBe(true);
    for (const name of names(6)) node.gossip(name);
    expect(node.snapshot.isolated).toBe(false);
    expect(isolations(node)).toHaveLength(2);
  });

  test("who was heard and falls silent no longer counts after two periods", () => {
    const node = among(60);
    hearing(node, names(20), 5);
    hearing(node, names(3), 3);
    expect(node.snapshot.isolated).toBe(true);
  });

  test("a subject whose host refuses counts as reached", () => {
    for (const [refused, isIsolated] of [
      [1, false],
      [0, true],
    ] as const) {
      const node = among(33);
      const subjects = node.snapshot.members
        .filter(({ observed, record: of }) => observed && !names(3).includes(of.name))
        .map(({ record: of }) => of.name);
      for (let half = 0; half < 10; half++) {
        for (const name of names(3)) node.gossip(name);
        refuseEach(node, subjects.slice(0, refused), T / 2);
      }
      expect(node.snapshot.isolated).toBe(isIsolated);
    }
  });

  test("a cluster that has just become large has two periods to be heard", () => {
    const node = among(12);
    hearing(node, names(1), 10);
    const { now } = node;
    node.gossip("m00", belief(record("new")));
    hearing(node, names(1), 2);
    expect(isolations(node)).toEqual([]);
    hearing(node, names(1), 1.5);
    expect(isolations(node)[0]?.at).toBeGreaterThanOrEqual(now + 2 * T);
  });

  /** Three are heard, and say no for others; the node accuses before it knows that it is cut off. */
  function cutOffWithThree(): DrivenNode {
    const node = among(60);
    for (const name of names(3)) node.answer(name, ackingAndNacking);
    hearing(node, names(3), 3);
    expect(node.snapshot.isolated).toBe(true);
    return node;
  }
  const accusedNow = (node: DrivenNode) =>
    node.own
      .map(({ event }) => event.member)
      .filter((name) =>
        node.explain(name)?.suspicion?.accusations.some(({ accuser }) => accuser === "self"),
      );

  test("it accuses nobody while it is cut off", () => {
    const node = cutOffWithThree();
    const before = node.own.length;
    hearing(node, names(3), 60);
    expect(node.own).toHaveLength(before);
  });

  test("it accuses nobody by refusals either", () => {
    const node = cutOffWithThree();
    const [subject = ""] = accusedNow(node);
    refuseEach(node, [subject]);
    node.run(0);
    expect(node.explain(subject)?.probe?.refusals).toBeGreaterThan(1);
    expect(node.own.filter(({ event }) => event.evidence === "refused")).toEqual([]);
  });

  test("it declares by two refusals, its own from before and another's, and never by silence", () => {
    const stateAfter = (evidence: "refused" | "silence"): unknown => {
      const node = among(60);
      const subject = node.snapshot.members.find(
        ({ observed, record: of }) => observed && !names(3).includes(of.name),
      );
      const name = subject?.record.name ?? "";
      refuseEach(node, [name]);
      hearing(node, names(3), 5);
      expect(node.snapshot.isolated).toBe(true);
      expect(node.state(name)).toBe("suspect");
      for (const accuser of names(3)) {
        node.gossip(accuser, accusation(node.peer(name), accuser, { evidence }));
      }
      hearing(node, names(3), 5);
      expect(node.snapshot.isolated).toBe(true);
      return node.state(name);
    };
    expect(stateAfter("refused")).toBe("dead");
    expect(stateAfter("silence")).toBe("suspect");
  });

  test("when it is back it takes its own accusations back, and passes them on no more", () => {
    const node = cutOffWithThree();
    expect(accusedNow(node).length).toBeGreaterThan(0);
    while (node.snapshot.queues.updatesOwed === 0) node.run(10);
    for (const name of names(10)) node.gossip(name);
    expect(node.snapshot.isolated).toBe(false);
    expect(accusedNow(node)).toEqual([]);
    const { now } = node;
    for (const name of names(10)) node.gossip(name);
    node.run(T);
    const passedOn = node.sent.flatMap(({ at, to, message }) =>
      message.updates.filter(
        (one) =>
          at > now &&
          one.kind === "accusation" &&
          one.accuser === "self" &&
          one.subject !== to.member &&
          node.own.every((said) => said.event.member !== one.subject || said.at <= now),
      ),
    );
    expect(passedOn).toEqual([]);
  });

  test("what others accuse them of stands", () => {
    const node = cutOffWithThree();
    const [subject = ""] = accusedNow(node);
    node.gossip("m00", accusation(node.peer(subject), "m00"));
    for (const name of names(10)) {
      if (name !== subject) node.gossip(name);
    }
    const stands = node.explain(subject)?.suspicion?.accusations.map(({ accuser }) => accuser);
    expect(stands).toEqual(["m00"]);
  });

  test("it looks at its subjects again as soon as it hears somebody, at most once in T/4", () => {
    const node = cutOffWithThree();
    for (const name of names(3)) node.answer(name);
    node.run(2 * T);
    const before = node.sentOf("ping").length;
    node.gossip("m00");
    const looked = node.sentOf("ping").length - before;
    expect(looked).toBeGreaterThan(4);
    node.gossip("m01");
    expect(node.sentOf("ping").length - before).toBe(looked);
  });
});
