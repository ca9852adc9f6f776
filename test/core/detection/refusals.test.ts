import { describe, expect, test } from "vitest";
import { accusation, belief, T } from "../builders.ts";
import { acking, DrivenNode, type DrivenNodeOptions } from "../driven-node.ts";

/** A node that knows b, which answers nothing, and others that ack. */
function besideB(
  others: readonly string[] = ["c", "d"],
  config: DrivenNodeOptions = {},
): DrivenNode {
  const node = new DrivenNode({ knows: ["b", ...others], reply: acking, ...config });
  node.answer("b");
  return node;
}

/** The next ping is refused, and the one that follows at once, too. */
function refuseTwice(node: DrivenNode): void {
  node.refuse("b", node.nextPing());
  node.refuse("b", node.nextPing());
}

test("an isolated node whose pings are refused at once does not begin round after round", () => {
  const node = besideB();
  for (const name of ["c", "d"]) node.answer(name);
  node.run(4 * T);
  const sent = () => node.sentOf("ping", "b");
  const first = sent().length;
  let answered = first;
  for (let i = 0; i < 4 * T && sent().length < first + 200; i++) {
    node.run(1);
    for (; answered < sent().length; answered++) {
      node.refuse("b", sent()[answered]?.message.body.seq ?? 0);
    }
  }
  expect(sent().length - first).toBeLessThan(4 * 12);
});

test("who was heard in the middle of its refusals is not accused of them again for a period", () => {
  const node = besideB();
  refuseTwice(node);
  node.gossip("b");
  const { now } = node;
  refuseTwice(node);
  refuseTwice(node);
  const later = node.own.filter(({ at }) => at > now);
  expect(later.every(({ at }) => at >= now + T)).toBe(true);
  while (node.now < now + 3 * T) refuseTwice(node);
  expect(node.own.some(({ at }) => at > now)).toBe(true);
});

test("one refusal accuses nobody, a second one does", () => {
  const node = besideB();
  node.refuse("b", node.nextPing());
  expect(node.own).toEqual([]);
  node.refuse("b", node.nextPing());
  expect(node.own[0]?.event).toMatchObject({ member: "b", evidence: "refused" });
  expect(node.state("b")).toBe("suspect");
});

test("a ping is refused once, however often that is reported", () => {
  const node = besideB();
  const seq = node.nextPing();
  node.refuse("b", seq);
  node.refuse("b", seq);
  expect(node.own).toEqual([]);
});

test("the refusal of a ping that was sent before the last refusal was reported does not count", () => {
  const node = besideB();
  const first = node.nextPing();
  const second = node.nextPing();
  node.refuse("b", second);
  node.refuse("b", first);
  expect(node.own).toEqual([]);
});

test("a datagram from the subject between two refusals begins the count anew", () => {
  const node = besideB();
  node.refuse("b", node.nextPing());
  node.gossip("b");
  node.refuse("b", node.nextPing());
  expect(node.own).toEqual([]);
});

describe("after a refusal without a second answer the subject is pinged again five times at most", () => {
  const pingsAfter = (config: { retryWaitMsMin: number }) => {
    const node = besideB(["c", "d"], { config: { ...config, pingRetries: 0 } });
    node.answer("b", acking);
    node.run(100 * T);
    node.answer("b");
    node.refuse("b", node.nextPing());
    const { now } = node;
    node.run(400);
    return node.sentOf("ping", "b", now).map(({ at }) => Math.round(at - now));
  };

  test("a retry time apart", () => {
    expect(pingsAfter({ retryWaitMsMin: 50 })).toEqual([0, 50, 100, 150, 200]);
  });
  test("at least 20 ms apart", () => {
    expect(pingsAfter({ retryWaitMsMin: 5 })).toEqual([0, 20, 40, 60, 80]);
  });
});

test("an accusation by refusal is told at once to the subject and to all its other observers", () => {
  const node = besideB();
  refuseTwice(node);
  for (const member of ["b", "c", "d"]) {
    const told = node.sentOf("gossip", member, node.now).flatMap(({ message }) => message.updates);
    expect(told).toContainEqual(expect.objectContaining({ accuser: "self", evidence: "refused" }));
  }
});

test("observers that are silent are told of a refusal, too", () => {
  const node = besideB(["c", "d", "e"]);
  node.run(1.2 * T);
  node.gossip("b");
  node.answer("c");
  node.run(1.5 * T);
  node.gossip("b");
  expect(node.explain("c")?.phi).toBeGreaterThan(3);
  refuseTwice(node);
  expect(node.sentOf("gossip", "c", node.now)).not.toEqual([]);
});

describe("whoever hears that another observer was refused", () => {
  const refusedBy = (accuser: string, node: DrivenNode) =>
    node.gossip(accuser, accusation(node.peer("b"), accuser, { evidence: "refused" }));
  const pingsNow = (node: DrivenNode) => node.sentOf("ping", "b", node.now).length;

  test("pings the subject at once", () => {
    const node = besideB();
    refusedBy("c", node);
    expect(pingsNow(node)).toBe(1);
  });
  test("does so at most once in 100 ms", () => {
    const node = besideB(["c", "d", "e"], { config: { pingRetries: 0, probeIntervalMs: 5000 } });
    node.run(0);
    refusedBy("c", node);
    node.now += 99;
    refusedBy("d", node);
    expect(pingsNow(node)).toBe(0);
    node.now += 1;
    refusedBy("e", node);
    expect(pingsNow(node)).toBe(1);
  });
  test("does not so for a silence", () => {
    const node = besideB();
    node.gossip("c", accusation(node.peer("b"), "c"));
    expect(pingsNow(node)).toBe(0);
  });
});

test("with refusals turned off they are no evidence", () => {
  const node = besideB(["c", "d"], { config: { refusals: false } });
  refuseTwice(node);
  expect(node.own).toEqual([]);
  expect(node.explain("b")?.probe?.refusals).toBe(0);
});

describe("a subject that refutes a refusal under the same start", () => {
  function refuted(node: DrivenNode, incarnation: number, startId = node.peer("b").startId) {
    node.become({ ...node.peer("b"), incarnation, startId });
    node.gossip("b", belief(node.peer("b")));
  }

  test("is not accused of a refusal for 5 s, and then it is", () => {
    const node = besideB();
    refuseTwice(node);
    refuted(node, 2);
    expect(node.explain("b")?.probe?.refusalsMutedForMs).toBe(5000);
    node.answer("b", acking);
    const since = node.now;
    node.run(3 * T);
    node.answer("b");
    refuseTwice(node);
    expect(node.own.filter(({ at }) => at > since)).toEqual([]);
    node.gossip("b");
    node.answer("b", acking);
    node.run(5 * T);
    node.answer("b");
    refuseTwice(node);
    expect(node.own.filter(({ at }) => at > since)).toHaveLength(1);
  });

  test("is spared twice as long each time, up to a minute", () => {
    const node = besideB();
    const spared = [2, 3, 4, 5, 6, 7].map((incarnation) => {
      refuseTwice(node);
      refuted(node, incarnation);
      const muted = node.explain("b")?.probe?.refusalsMutedForMs;
      node.answer("b", acking);
      node.run(61 * T);
      node.answer("b");
      return muted;
    });
    expect(spared).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  test("is spared also when it returns from the death that the refusals brought about", () => {
    const node = besideB();
    const refusedToo = accusation(node.peer("b"), "c", { evidence: "refused" });
    node.gossip("c", refusedToo);
    refuseTwice(node);
    node.run(500);
    expect(node.state("b")).toBe("dead");
    refuted(node, 2);
    expect(node.state("b")).toBe("alive");
    expect(node.explain("b")?.probe?.refusalsMutedForMs).toBe(5000);
  });

  test("is not spared if it had restarted", () => {
    const node = besideB();
    refuseTwice(node);
    refuted(node, 2, "e".repeat(24));
    expect(node.explain("b")?.probe?.refusalsMutedForMs).toBe(0);
  });

  test("is not spared if it was accused of silence alone", () => {
    const node = besideB();
    node.gossip("c", accusation(node.peer("b"), "c"));
    refuted(node, 2);
    expect(node.explain("b")?.probe?.refusalsMutedForMs).toBe(0);
  });
});

test("a port taken over by another member: the answer is a refusal of the target, and evidence of the answerer", () => {
  const node = besideB();
  for (let i = 0; i < 2; i++) {
    node.hear("c", { kind: "not-me", seq: node.nextPing(), target: "b" });
    expect(node.explain("c")?.lastHeardMs).toBe(0);
    expect(node.explain("b")?.lastHeardMs).toBeGreaterThan(0);
  }
  expect(node.own[0]?.event).toMatchObject({ member: "b", evidence: "refused" });
});

test("a not-me that answers no ping of ours accuses nobody", () => {
  const node = besideB();
  const seq = node.nextPing();
  for (let i = 0; i < 5; i++) {
    node.hear("c", { kind: "not-me", seq: seq + 1000 + i, target: "b" });
    node.run(30);
  }
  expect(node.own).toEqual([]);
});
