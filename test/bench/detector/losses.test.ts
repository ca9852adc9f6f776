import { expect, test } from "vitest";
import { Losses } from "../../../src/bench/detector/trials/losses.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import { EventHeap } from "../../../src/sim/event-heap.ts";
import { VirtualNetwork } from "../../../src/sim/virtual-network.ts";

function three() {
  const heap = new EventHeap();
  const delay = { latencyMs: 1, jitterMs: 0 };
  const network = new VirtualNetwork({ heap, rng: seededRng([1, 2, 3, 4]), delay });
  const losses = new Losses(network, ["a", "b", "c"]);
  const lossOf = (from: string, to: string) =>
    network.links.get(from, to)?.loss ?? network.paths.model.loss;
  return { losses, lossOf };
}

test("what a host sends or is sent is lost on its own links, one way", () => {
  const { losses, lossOf } = three();
  losses.lose("a", "egress", 0.8);
  losses.lose("b", "ingress", 1);
  expect([lossOf("a", "c"), lossOf("c", "a")]).toEqual([0.8, 0]);
  expect([lossOf("c", "b"), lossOf("b", "c")]).toEqual([1, 0]);
  losses.lose("b", "ingress", 0);
  expect([lossOf("c", "b"), lossOf("a", "b")]).toEqual([0, 0.8]);
});

test("losses add up as chances do, and all of them count whichever came first", () => {
  const { losses, lossOf } = three();
  losses.lose("a", "both", 0.5);
  losses.loseEverywhere(0.2);
  losses.lose("b", "ingress", 0.5);
  expect(lossOf("a", "b")).toBeCloseTo(1 - 0.8 * 0.5 * 0.5);
  expect(lossOf("b", "a")).toBeCloseTo(1 - 0.8 * 0.5);
  expect(lossOf("b", "c")).toBeCloseTo(0.2);
});
