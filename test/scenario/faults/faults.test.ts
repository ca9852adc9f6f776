import { expect, test } from "vitest";
import type { StepSource } from "../../../src/scenario/index.ts";
import { defineScenario } from "../../../src/scenario/language/define-scenario.ts";
import { linkFault } from "../../../src/transport/link-rules.ts";

/** Whom each of five nodes reaches under a fault. */
function reached(fault: StepSource): Record<string, string> {
  const nodes = ["a", "b", "c", "d", "e"];
  const { steps } = defineScenario({ name: "test", nodes, steps: [fault] });
  const [step] = steps;
  if (step?.kind !== "links") throw new Error("no fault of links");
  const isOpen = (from: string, to: string) => linkFault(step.rules, from, to)?.drop !== 1;
  return Object.fromEntries(
    nodes.map((from) => [from, nodes.filter((to) => to !== from && isOpen(from, to)).join("")]),
  );
}

test("those on no side of a partition form one of their own", () => {
  expect(reached({ partition: [["a", "b"]] })).toEqual({
    a: "b",
    b: "a",
    c: "de",
    d: "ce",
    e: "cd",
  });
});

test("isolated nodes do not reach each other either", () => {
  expect(reached({ isolate: ["a", "b"] })).toEqual({ a: "", b: "", c: "de", d: "ce", e: "cd" });
});

test("a bridge reaches both sides, and they reach nobody else", () => {
  const bridge = {
    sides: [
      ["a", "b"],
      ["d", "e"],
    ],
    over: "c",
  };
  expect(reached({ bridge })).toEqual({ a: "bc", b: "ac", c: "abde", d: "ce", e: "cd" });
});

test("in a ring of five each reaches a majority with itself, and no two the same one", () => {
  expect(reached({ ring: "all" })).toEqual({ a: "be", b: "ac", c: "bd", d: "ce", e: "ad" });
});

test("a one-way fault leaves the other direction alone", () => {
  const open = reached({ oneway: { from: "b", to: "a" } });
  expect([open.a, open.b]).toEqual(["bcde", "cde"]);
});

test("a fault of one node's links is the same in both directions, once", () => {
  const { steps } = defineScenario({
    name: "test",
    nodes: 3,
    steps: [{ delay: { node: "n1", by: "200ms" } }],
  });
  const [step] = steps;
  const delay = (from: string, to: string) =>
    step?.kind === "links" ? linkFault(step.rules, from, to)?.delayMs : undefined;
  expect([delay("n1", "n2"), delay("n2", "n1"), delay("n2", "n3")]).toEqual([200, 200, undefined]);
});
