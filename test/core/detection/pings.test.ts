import { expect, test } from "vitest";
import { names, T } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { gapsOf } from "../outcome.ts";

function pingTimes(node: DrivenNode, to: string): number[] {
  return node.sentOf("ping", to).map(({ at }) => at);
}

test("a subject is pinged every period, give or take a tenth", () => {
  const node = new DrivenNode({ knows: ["b"], reply: acking });
  node.run(200 * T);
  const apart = gapsOf(pingTimes(node, "b"));
  expect(Math.min(...apart)).toBeGreaterThanOrEqual(0.9 * T);
  expect(Math.min(...apart)).toBeLessThan(0.92 * T);
  expect(Math.max(...apart)).toBeLessThanOrEqual(1.1 * T);
  expect(Math.max(...apart)).toBeGreaterThan(1.08 * T);
});

test("the first pings of several subjects are spread over one period", () => {
  const node = new DrivenNode({ knows: names(11), reply: acking });
  node.run(T);
  const first = names(11).map((name) => pingTimes(node, name)[0] ?? Number.NaN);
  expect(Math.max(...first)).toBeLessThanOrEqual(T);
  expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(T / 2);
});

test("a subject that takes the place of a dead one is pinged at once", () => {
  const node = new DrivenNode({ knows: names(40), reply: acking });
  node.run(5 * T);
  const pinged = new Set(node.sentOf("ping").map(({ to }) => to.member));
  const [dead = "", teller = ""] = pinged;
  node.learnDeath(dead, teller);
  node.run(0);
  const now = node.sentOf("ping", undefined, node.now).map(({ to }) => to.member);
  expect(now.filter((name) => name !== dead && !pinged.has(name)).length).toBeGreaterThan(0);
});

test("a ping names its target and leaves through the subject's own socket", () => {
  const node = new DrivenNode({ knows: ["b"], reply: acking });
  node.run(T);
  const [ping] = node.sentOf("ping");
  expect(ping?.to).toEqual({ endpoint: node.peer("b").endpoint, member: "b", probe: true });
  expect(ping?.message.body.target).toBe("b");
});

test("a ping without an ack is repeated after the retry time, twice at most", () => {
  const node = new DrivenNode({ knows: ["b", "c"] });
  node.run(T);
  const [first = 0] = pingTimes(node, "b");
  node.run(first + 0.9 * T - node.now - 1);
  expect(pingTimes(node, "b").map((at) => at - first)).toEqual([0, 250, 500]);
});

test("the retry time is learned from the subject's round trips", () => {
  const node = new DrivenNode({ knows: ["b"], reply: acking });
  node.run(50 * T);
  node.answer("b");
  const since = node.now;
  node.run(1.2 * T);
  const [first = 0, second = 0, third = 0] = pingTimes(node, "b").filter((at) => at > since);
  expect([second - first, third - second]).toEqual([50, 50]);
});

test("any datagram from the subject ends the repeating", () => {
  const node = new DrivenNode({ knows: ["b", "c"] });
  while (pingTimes(node, "b").length === 0) node.run(1);
  node.gossip("b");
  node.run(0.8 * T);
  expect(pingTimes(node, "b")).toHaveLength(1);
});

test("a replayed datagram of the subject ends nothing", () => {
  const node = new DrivenNode({ knows: ["b", "c"] });
  while (pingTimes(node, "b").length === 0) node.run(1);
  node.hear("b", { kind: "gossip" }, { header: { counter: 1 } });
  node.run(0.8 * T);
  expect(pingTimes(node, "b")).toHaveLength(3);
  expect(node.explain("b")?.lastHeardMs).toBe(node.now);
});

test("where no retries are wanted a ping is sent once", () => {
  const node = new DrivenNode({ knows: ["b", "c"], config: { pingRetries: 0 } });
  node.run(T);
  const [first = 0] = pingTimes(node, "b");
  expect(pingTimes(node, "b").filter((at) => at < first + 0.9 * T)).toEqual([first]);
});

test("a late ack is measured against the ping that it answers, and one to no ping is nothing", () => {
  const node = new DrivenNode({
    knows: ["b"],
    reply: (body) => {
      const reply = acking(body);
      return reply && { ...reply, afterMs: 300 };
    },
  });
  node.run(1.5 * T);
  expect(node.explain("b")?.rttMs?.mean).toBe(300);
  node.hear("b", { kind: "ack", seq: 987_654, digest: { high: 0, low: 0 } });
  expect(node.explain("b")?.rttMs?.mean).toBe(300);
});

test("the gap that ends an outage of the subject is not learned", () => {
  const node = new DrivenNode({ knows: ["b", "c", "d"], reply: acking });
  node.run(20 * T);
  node.answer("b");
  node.run(3 * T);
  node.answer("b", acking);
  node.run(10 * T);
  expect(node.explain("b")?.detector?.intervalsMs.length).toBeGreaterThan(30);
  expect(Math.max(...(node.explain("b")?.detector?.intervalsMs ?? []))).toBeLessThan(1.2 * T);
});

test("a subject that restarted is observed afresh", () => {
  const node = new DrivenNode({ knows: ["b", "c"], reply: acking });
  node.run(20 * T);
  expect(node.explain("b")?.detector?.intervalsMs.length).toBeGreaterThan(20);
  node.become({ ...node.peer("b"), startId: "f".repeat(24), incarnation: 50 });
  node.meet(["b"]);
  expect(node.explain("b")?.detector?.intervalsMs).toHaveLength(8);
  expect(node.explain("b")?.rttMs).toBeNull();
});
