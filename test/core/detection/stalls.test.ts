import { describe, expect, test } from "vitest";
import { accusation, belief, T } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { accuse } from "../suspicion/silent-subject.ts";

const NO_DIGEST = { high: 0, low: 0 };

/** A node among members that ack; `b` is silent where its name is not among them. */
function among(acked: readonly string[], silent: readonly string[] = []): DrivenNode {
  const node = new DrivenNode({ knows: [...acked, ...silent], reply: acking });
  for (const name of silent) node.answer(name);
  return node;
}

function wakeLate(node: DrivenNode, stalledMs: number): void {
  node.now += stalledMs;
  node.step({ kind: "wakeup", stalledMs });
}

test("a wakeup that comes over 50 ms late is a stall, one of 50 ms is not", () => {
  const node = among(["b", "c"]);
  wakeLate(node, 50);
  expect(node.eventsOf("stalled")).toEqual([]);
  wakeLate(node, 51);
  expect(node.eventsOf("stalled").map(({ event }) => event.stalledMs)).toEqual([51]);
  expect(node.snapshot.stalls).toEqual({ count: 1, totalMs: 51, lastMs: 51 });
});

test("a silence that was our own stall raises nobody's phi, isolates and accuses nobody", () => {
  const node = among(["b", "c", "d"]);
  node.run(10 * T);
  const before = node.explain("b")?.phi ?? 0;
  wakeLate(node, 30 * T);
  expect(node.explain("b")?.phi).toBeLessThanOrEqual(before + 0.1);
  node.run(5 * T);
  expect(node.eventsOf("probe-round-failed")).toEqual([]);
  expect(node.eventsOf("isolated-changed")).toEqual([]);
});

test("only the stall is taken out of a silence, not what was silent before it", () => {
  const node = among(["c", "d"], ["b"]);
  node.run(1.4 * T);
  const before = node.explain("b")?.phi ?? 0;
  wakeLate(node, 5 * T);
  expect(node.explain("b")?.phi).toBeCloseTo(before, 6);
  expect(before).toBeGreaterThan(3);
});

test("a ping that was open in a stall is given the rest of its time before it is repeated", () => {
  const node = among(["b", "c"]);
  node.run(20 * T);
  node.answer("b");
  node.nextPing("b", 0.1);
  wakeLate(node, 300);
  const { now } = node;
  node.run(48);
  expect(node.sentOf("ping", "b", now)).toEqual([]);
  node.run(4);
  expect(node.sentOf("ping", "b", now)).toHaveLength(1);
});

describe("the clocks of a suspicion", () => {
  test("are moved by the stall: its grace does not run out meanwhile", () => {
    const node = among(["c", "d", "e"], ["b"]);
    accuse(node, ["c", "d"]);
    node.run(1.2 * T);
    const before = node.explain("b")?.suspicion;
    wakeLate(node, 10 * T);
    const after = node.explain("b")?.suspicion;
    expect(node.state("b")).toBe("suspect");
    expect(after?.quorumForMs).toBe(before?.quorumForMs);
    expect(after?.startedMs).toBe(before?.startedMs);
  });

  test("of a suspicion that was heard of while the input was drained start now, not in the future", () => {
    const node = among(["c", "d", "e"], ["b"]);
    node.run(T);
    node.stall(10 * T, () => {
      node.gossip("c", accusation(node.peer("b"), "c"));
    });
    expect(node.explain("b")?.suspicion?.startedMs).toBe(0);
  });
});

describe("nothing is learned from a stall", () => {
  test("no gap between two acks that it lies in", () => {
    const node = among(["b", "c"]);
    node.run(20 * T);
    wakeLate(node, 4 * T);
    node.run(10 * T);
    expect(Math.max(...(node.explain("b")?.detector?.intervalsMs ?? []))).toBeLessThan(1.2 * T);
  });

  test("no round trip of an ack that lay in the buffer meanwhile", () => {
    const node = among(["b", "c"]);
    node.run(20 * T);
    node.answer("b");
    const seq = node.nextPing("b", 0.1);
    node.stall(3 * T, () => node.hear("b", { kind: "ack", seq, digest: NO_DIGEST }));
    expect(node.explain("b")?.rttMs?.mean).toBeCloseTo(1, 3);
  });

  test("no round trip of the acks behind the first one in the buffer either", () => {
    const node = among(["b"]);
    node.run(20 * T);
    node.answer("b");
    const first = node.nextPing("b", 0.1);
    const second = node.nextPing("b", 0.1);
    node.stall(3 * T, () => {
      node.hear("b", { kind: "ack", seq: first, digest: NO_DIGEST });
      node.hear("b", { kind: "ack", seq: second, digest: NO_DIGEST });
    });
    expect(node.explain("b")?.rttMs?.mean).toBeCloseTo(1, 3);
  });
});

test("an ack right after a message that set a deadline in the past is learned: that was no stall", () => {
  const node = among(["b", "c"]);
  node.run(60 * T);
  node.answer("b");
  const seq = node.nextPing("b", 0.1);
  node.now += 5;
  const newer = { ...node.peer("c"), incarnation: 2 };
  node.gossip("c", belief(newer));
  node.hear("b", { kind: "ack", seq, digest: NO_DIGEST });
  expect(node.explain("b")?.rttMs?.mean).toBeGreaterThan(1.4);
});

describe("a node that stood still", () => {
  const stallsTold = (node: DrivenNode, since: number) =>
    node.sent.filter(({ at }) => at >= since).map(({ message }) => message.header.stalledMs);

  test("says so in its datagrams for a period, and then no more", () => {
    const node = among(["b", "c"]);
    node.run(T);
    wakeLate(node, 700);
    const { now } = node;
    node.run(0.99 * T);
    expect(new Set(stallsTold(node, now))).toEqual(new Set([700]));
    node.run(T);
    expect(new Set(stallsTold(node, now + T + 1))).toEqual(new Set([0]));
  });

  test("says so also in the answers that it gives before it is woken", () => {
    const node = among(["b", "c"]);
    node.run(T);
    node.stall(3 * T, () => node.pingedBy("c"));
    expect(node.sentOf("ack", "c")[0]?.message.header.stalledMs).toBeGreaterThan(T);
  });

  test("says nothing of the sort before a wakeup that is on time", () => {
    const node = among(["b", "c"]);
    node.run(60 * T);
    node.pingedBy("c");
    expect(new Set(stallsTold(node, 0))).toEqual(new Set([0]));
  });
});

test("nothing is learned from a peer that says that it stood still", () => {
  const node = among(["b", "c"]);
  node.run(20 * T);
  const samples = node.explain("b")?.detector?.intervalsMs.length;
  node.answer("b");
  const seq = node.nextPing("b", 0.1);
  node.run(450);
  node.hear("b", { kind: "ack", seq, digest: NO_DIGEST }, { header: { stalledMs: 400 } });
  expect(node.explain("b")?.rttMs?.mean).toBeCloseTo(1, 3);
  expect(node.explain("b")?.detector?.intervalsMs).toHaveLength(samples ?? 0);
});

test("messages never judge deadlines: however late they come, only a wakeup does", () => {
  const node = among(["c", "d", "e"], ["b"]);
  accuse(node, ["c", "d"]);
  node.run(0.5 * T);
  node.now += 60 * T;
  for (const name of ["c", "d", "e"]) node.gossip(name);
  node.step({ kind: "refused", member: "c", seq: 999_999 });
  expect(node.state("b")).toBe("suspect");
  expect(node.eventsOf("probe-round-failed")).toEqual([]);
  expect(node.snapshot.isolated).toBe(false);
});

test("an early wakeup judges nothing and does no harm", () => {
  const node = among(["b", "c"]);
  node.run(T);
  const sent = node.sent.length;
  for (let i = 0; i < 10; i++) node.step({ kind: "wakeup", stalledMs: 0 });
  expect(node.sent).toHaveLength(sent);
});
