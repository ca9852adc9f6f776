import { describe, expect, test } from "vitest";
import { ZERO_HASH } from "../../../src/core/primitives/hash.ts";
import { belief, names, record } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { bodiesIn, eventsIn, toldTo } from "../outcome.ts";

const THREE = ["b", "c", "d"];

function among(reply?: typeof acking): DrivenNode {
  return new DrivenNode({ knows: THREE, reply: reply, self: { incarnation: 5 } });
}

test("who leaves raises its incarnation and tells every observer directly that it left", () => {
  const node = among();
  const effects = node.step({ kind: "leave" });
  expect(node.snapshot).toMatchObject({ phase: "leaving", self: { incarnation: 6 } });
  for (const member of THREE) {
    expect(bodiesIn(effects, "ping", member)).toHaveLength(1);
    expect(toldTo(member, effects)).toContainEqual(belief(node.snapshot.self, "left"));
  }
});

test("the goodbye ends when all have acked", () => {
  const node = among(acking);
  node.step({ kind: "leave" });
  node.run(1);
  expect(node.eventsOf("left")).toMatchObject([{ at: 1, event: { acked: 3, told: 3 } }]);
  expect(node.snapshot.phase).toBe("left");
});

test("the goodbye ends after 400 ms, whoever is silent", () => {
  const node = among(acking);
  node.answer("d");
  node.step({ kind: "leave" });
  node.run(1000);
  expect(node.eventsOf("left")).toMatchObject([{ at: 400, event: { acked: 2, told: 3 } }]);
});

test("only those who have not acked are told again, every 100 ms", () => {
  const node = among(acking);
  node.answer("d");
  node.step({ kind: "leave" });
  node.run(1000);
  expect(node.sentOf("ping", "d").map(({ at }) => at)).toEqual([0, 100, 200, 300]);
  expect(node.sentOf("ping", "b")).toHaveLength(1);
});

test("the ack of one that leaves, too, does not count", () => {
  const node = among();
  node.step({ kind: "leave" });
  const seqOf = (member: string) => node.sentOf("ping", member)[0]?.message.body.seq ?? 0;
  const ack = (member: string) => ({ kind: "ack", seq: seqOf(member), digest: ZERO_HASH }) as const;
  const leaving = belief(record("d", { incarnation: 2 }), "left");
  node.hear("b", ack("b"));
  node.hear("d", ack("d"), { updates: [leaving] });
  expect(node.snapshot.phase).toBe("leaving");
  node.hear("c", ack("c"));
  expect(node.eventsOf("left")).toMatchObject([{ event: { acked: 2, told: 2 } }]);
});

test("who takes the place of a leaving observer is told at once", () => {
  const node = new DrivenNode({ knows: names(30), self: { incarnation: 5 } });
  node.step({ kind: "leave" });
  const told = new Set(node.sentOf("ping").map(({ to }) => to.member ?? ""));
  const [first = ""] = told;
  const seq = node.sentOf("ping", first)[0]?.message.body.seq ?? 0;
  const update = belief(record(first, { incarnation: 2 }), "left");
  const effects = node.hear(first, { kind: "ack", seq, digest: ZERO_HASH }, { updates: [update] });
  const newlyTold = effects.flatMap((effect) =>
    effect.kind === "send" && effect.message.body.kind === "ping" ? [effect.to.member ?? ""] : [],
  );
  expect(newlyTold).toHaveLength(1);
  expect(told.has(newlyTold[0] ?? "")).toBe(false);
});

test("a suspect is not waited for", () => {
  const node = among(acking);
  const suspect = belief(record("d"), "suspect", { by: "c" });
  node.run(2000);
  node.answer("d");
  node.run(2000);
  node.gossip("c", suspect);
  expect(node.state("d")).toBe("suspect");
  expect(bodiesIn(node.step({ kind: "leave" }), "ping", "d")).toEqual([]);
});

describe("a node that is leaving", () => {
  test("answers pings with its goodbye, also when gossip has told it often enough", () => {
    const node = among();
    node.step({ kind: "leave" });
    for (let i = 0; i < 30; i++) node.pingedBy("b");
    const effects = node.pingedBy("b", ZERO_HASH, 9);
    expect(bodiesIn(effects, "ack")).toMatchObject([{ seq: 9 }]);
    expect(toldTo("b", effects)).toContainEqual(belief(node.snapshot.self, "left"));
  });

  test("counts only acks of its goodbyes", () => {
    const node = among();
    node.step({ kind: "leave" });
    for (const member of THREE) node.hear(member, { kind: "ack", seq: 999, digest: ZERO_HASH });
    expect(node.snapshot.phase).toBe("leaving");
  });

  test("watches nobody and accuses nobody any more", () => {
    const node = among(acking);
    node.run(3000);
    for (const member of THREE) node.answer(member);
    node.run(2000);
    node.step({ kind: "leave" });
    const from = node.now;
    node.run(399);
    expect(node.sentOf("ping-req", undefined, from)).toEqual([]);
    expect(node.eventsOf("accused", from)).toEqual([]);
  });

  test("obeys nobody any more, and leaves once", () => {
    const node = among();
    node.step({ kind: "leave" });
    const left = node.snapshot.self;
    node.step({ kind: "leave" });
    node.step({ kind: "advertise", tags: { zone: "a" }, services: [] });
    expect(node.snapshot.self).toEqual(left);
  });
});

test("a node that is alone has left at once", () => {
  const node = new DrivenNode();
  expect(eventsIn(node.step({ kind: "leave" }), "left")).toMatchObject([{ acked: 0, told: 0 }]);
});

test("a node that has left says nothing and wants nothing", () => {
  const node = among(acking);
  node.step({ kind: "leave" });
  node.run(10);
  expect(node.pingedBy("b")).toEqual([]);
  expect(node.wakeupAt).toBeUndefined();
});
