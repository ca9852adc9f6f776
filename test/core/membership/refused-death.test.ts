import { expect, test } from "vitest";
import { belief, names, record, T, verdict } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { toldTo } from "../outcome.ts";

const refusedAt = (node: DrivenNode, name: string) =>
  node.snapshot.members.find(({ record: { name: each } }) => each === name)?.refused;

/** It knows these by what the last of them told, and heard that one alone. */
function knowing(...members: readonly string[]): DrivenNode {
  const node = new DrivenNode();
  const teacher = members.at(-1) ?? "";
  const updates = members.map((name) => belief(record(name)));
  node.gossip(teacher, ...updates);
  node.answer(teacher, acking);
  return node;
}

test("a death by refusal stays one for whoever asks later, until the member is back", () => {
  const node = knowing("b", "c", "d");
  const dead = verdict(record("b"), "dead", "d", { cause: "refusal" });
  node.gossip("d", dead);
  node.run(3 * T);
  expect([node.state("b"), refusedAt(node, "b")]).toEqual(["dead", true]);
  const back = belief(record("b", { incarnation: 2 }));
  node.gossip("d", back);
  expect([node.state("b"), refusedAt(node, "b")]).toEqual(["alive", false]);
});

test("a death by silence does not say that anybody was refused", () => {
  const node = knowing("b", "c", "d");
  node.gossip("d", verdict(record("b"), "dead", "d"));
  node.run(6 * T);
  expect([node.state("b"), refusedAt(node, "b")]).toEqual(["dead", false]);
});

test("a newcomer is told by sync of which deaths the hosts spoke", () => {
  const old = knowing(...names(3));
  const [first = "", second = ""] = names(3);
  const crashed = verdict(record(first), "dead", "m02", { cause: "refusal" });
  const silent = verdict(record(second), "dead", "m02");
  old.gossip("m02", crashed, silent);
  old.run(6 * T);
  const asked = { seq: 7, profile: "lan", bucketBits: 0, hashes: [], after: null } as const;
  // As long as the page that it wants: nobody answers a stranger with more.
  const padding = 1000;
  const effects = old.hear("young", { kind: "sync-request", ...asked, padding });
  const young = new DrivenNode({ name: "young" });
  young.gossip("self", ...toldTo("young", effects));
  expect([first, second].map((name) => [young.state(name), refusedAt(young, name)])).toEqual([
    ["dead", true],
    ["dead", false],
  ]);
});
