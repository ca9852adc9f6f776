import { describe, expect, test } from "vitest";
import { T } from "../builders.ts";
import { acking, DrivenNode, type Reply } from "../driven-node.ts";

/** Acks after a span that can change. */
function after(ms: () => number): Reply {
  return (body) =>
    body.kind === "ping"
      ? { body: { kind: "ack", seq: body.seq, digest: body.digest }, afterMs: ms() }
      : undefined;
}

/** A node whose peer b has answered within `usualMs` for half a minute. */
function used(usualMs: number): { node: DrivenNode; answerIn: (ms: number) => void } {
  let ms = usualMs;
  const node = new DrivenNode();
  const reply = after(() => ms);
  node.meet(["b"], reply);
  node.meet(["c"], acking);
  node.run(30 * T);
  return { node, answerIn: (next) => (ms = next) };
}

function slowness(node: DrivenNode): number {
  return node.snapshot.members.find(({ record }) => record.name === "b")?.slowness ?? 0;
}

/** The highest slowness within a span. */
function worstWithin(node: DrivenNode, forMs: number): number {
  let worst = 0;
  for (let ms = 0; ms < forMs; ms += 10) {
    node.run(10);
    worst = Math.max(worst, slowness(node));
  }
  return worst;
}

describe("how slow a member is", () => {
  test("one that usually answers in 100 ms and has not for 500 ms is slow at once", () => {
    const { node, answerIn } = used(100);
    expect(worstWithin(node, 3 * T)).toBeLessThan(1);
    answerIn(2_000);
    expect(node.runUntil(() => slowness(node) >= 3, 10)).toBeLessThan(1.1 * T + 500);
    expect(node.state("b")).toBe("alive");
  });

  test("one that usually takes 1 s and is at 1.5 s is not", () => {
    const { node, answerIn } = used(1_000);
    answerIn(1_500);
    expect(worstWithin(node, 1_400)).toBeLessThan(2);
  });

  test("how long it has been waited for is told beside it, until the answer", () => {
    const { node, answerIn } = used(100);
    const waiting = () =>
      node.snapshot.members.find(({ record }) => record.name === "b")?.waitingMs ?? null;
    node.runUntil(() => waiting() === null, 10);
    answerIn(1_000);
    node.runUntil(() => waiting() !== null);
    node.run(700);
    expect(waiting()).toBeGreaterThanOrEqual(700);
    expect(waiting()).toBeLessThan(710);
    node.run(305);
    // That ping was answered; the repeated ones, which left later, were not yet.
    expect(waiting() ?? 0).toBeLessThan(1_000);
  });

  test("a single lost ping is no sign of it", () => {
    const { node, answerIn } = used(1);
    answerIn(1_000_000);
    node.nextPing();
    answerIn(1);
    expect(worstWithin(node, T)).toBeLessThanOrEqual(1.01);
  });

  test("is over with the next answer", () => {
    const { node, answerIn } = used(1);
    node.answer("b");
    node.run(1.2 * T);
    expect(slowness(node)).toBeGreaterThan(2);
    answerIn(1);
    node.answer("b", acking);
    node.run(1.2 * T);
    expect(slowness(node)).toBeLessThan(0.5);
  });

  test("does not count the time in which this node stood still", () => {
    const { node } = used(1);
    node.nextPing();
    node.stall(800);
    expect(slowness(node)).toBeLessThan(1);
  });

  test("raises the phi that consumers choose by, and accuses nobody", () => {
    const { node, answerIn } = used(50);
    answerIn(100_000);
    const from = node.now;
    while (node.now < from + 6 * T) {
      node.run(100);
      node.gossip("b");
    }
    expect(node.explain("b")?.phi).toBeGreaterThan(5);
    expect(node.eventsOf("accused")).toEqual([]);
  });
});
