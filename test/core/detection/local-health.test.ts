import { expect, test } from "vitest";
import { T } from "../builders.ts";
import { acking, ackingAndNacking, DrivenNode, talking } from "../driven-node.ts";
import { besideSilentB } from "../suspicion/silent-subject.ts";

function stalled(...spansMs: number[]): number {
  const node = new DrivenNode();
  for (const stalledMs of spansMs) {
    node.now += stalledMs;
    node.step({ kind: "wakeup", stalledMs });
  }
  return node.snapshot.localHealth;
}

test.each([
  [250, 0],
  [251, 1],
  [2000, 1],
  [2001, 3],
])("a stall of %i ms raises local health by %i", (spanMs, score) => {
  expect(stalled(spanMs)).toBe(score);
});

test("an ack lowers local health by one, to zero at least", () => {
  const node = new DrivenNode({ knows: ["b"], reply: acking });
  node.now += 3000;
  node.step({ kind: "wakeup", stalledMs: 3000 });
  node.run(0);
  const scores = [node.snapshot.localHealth];
  for (let i = 0; i < 4; i++) {
    node.run(1.1 * T);
    scores.push(node.snapshot.localHealth);
  }
  expect(scores[0]).toBe(3);
  expect(scores.at(-1)).toBe(0);
  const changes = node.eventsOf("local-health-changed").map(({ event }) => event.score);
  expect(changes).toEqual([3, 2, 1, 0]);
});

test.each([
  ["missing nacks", talking],
  ["all nacks", ackingAndNacking],
])("a round with %s leaves it alone if somebody else was heard", (_, helpers) => {
  const node = besideSilentB({ reply: helpers });
  while (node.eventsOf("probe-round-failed").length === 0) node.run(1);
  node.run(0);
  expect(node.eventsOf("local-health-changed")).toEqual([]);
});

test("the end of an isolation takes back what the silence of all helpers raised", () => {
  const node = besideSilentB({ reply: undefined });
  node.run(12 * T);
  expect(node.snapshot.isolated).toBe(true);
  expect(node.snapshot.localHealth).toBeGreaterThan(1);
  node.gossip("c");
  expect(node.snapshot).toMatchObject({ isolated: false, localHealth: 0 });
});
