import { describe, expect, test } from "vitest";
import { verdict } from "../builders.ts";
import { acking } from "../driven-node.ts";
import { Wired } from "./wired-node.ts";

describe("a death that others declare", () => {
  test("is believed at once by a node that saw the wire of that run end", () => {
    const node = new Wired();
    node.answer("b");
    node.close("ended");
    node.gossip("c", verdict(node.peer("b"), "dead", "c", { cause: "crash" }));
    expect(node.state("b")).toBe("dead");
  });

  test("is checked where the member answered a ping since, or the wire was reset", () => {
    const answered = new Wired();
    answered.close("ended");
    answered.answer("b", acking);
    answered.run(60);
    const reset = new Wired();
    reset.answer("b");
    reset.close("reset");
    for (const node of [answered, reset]) {
      node.gossip("c", verdict(node.peer("b"), "dead", "c", { cause: "crash" }));
      expect(node.state("b")).toBe("alive");
    }
  });
});

test("who is asked to ping a subject for another looks for itself as well", () => {
  const node = new Wired();
  node.answer("b");
  const { now } = node;
  const { endpoint } = node.peer("b");
  node.hear("c", { kind: "ping-req", seq: 7, target: "b", endpoint, nackAfterMs: 150 });
  node.run(120);
  expect(node.pings(now)).toEqual([0, 0, 50, 100]);
});
