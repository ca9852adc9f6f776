import { expect, test } from "vitest";
import { SimCluster } from "../../../src/sim/sim-cluster.ts";
import { record, verdict } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";

function knowing(state: "dead" | "left" | undefined): DrivenNode {
  const node = new DrivenNode({ knows: ["b", "c"], reply: acking });
  if (state === "dead") node.learnDeath("b", "c");
  if (state === "left") node.gossip("c", verdict(record("b"), "left", "c"));
  return node;
}

test.each(["dead", "left"] as const)(
  "a member that is %s can be forgotten, and is shown no more",
  (state) => {
    const node = knowing(state);
    node.step({ kind: "forget", member: "b" });
    expect(node.state("b")).toBeUndefined();
    expect(node.explain("b")).toBeUndefined();
  },
);

test("a living member cannot be forgotten, nor can the node itself or a stranger", () => {
  const node = knowing(undefined);
  for (const member of ["b", "self", "stranger"]) node.step({ kind: "forget", member });
  expect(node.state("b")).toBe("alive");
  expect(node.state("self")).toBe("alive");
});

test("a forgotten member is forgotten by all, and its living owner returns above it", () => {
  const cluster = new SimCluster({ rngSeed: 3 });
  cluster.startAll(["a", "b", "c", "d"]);
  cluster.run(5_000);
  cluster.pauseMachine("d");
  expect(cluster.runUntil(() => cluster.allSee("d", "dead"), 20_000)).toBeDefined();
  cluster.submit("a", { kind: "forget", member: "d" });
  const isForgotten = () => ["a", "b", "c"].every((node) => !("d" in cluster.view(node)));
  expect(cluster.runUntil(isForgotten, 2_000)).toBeDefined();
  cluster.run(30_000);
  expect(isForgotten()).toBe(true);
  cluster.resumeMachine("d");
  expect(cluster.runUntil(() => cluster.isConverged(), 5_000)).toBeDefined();
});
