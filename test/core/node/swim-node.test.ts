import { describe, expect, test } from "vitest";
import { PROFILES } from "../../../src/core/config.ts";
import { plainService } from "../../../src/core/member.ts";
import { createSwimNode } from "../../../src/core/node/swim-node.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import { accusation, belief, PLAIN_SIZER, record, T, verdict } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { eventsIn } from "../outcome.ts";

test("the first wakeup makes the node a member of its own view", () => {
  const self = record("self");
  const rng = seededRng([1, 2, 3, 4]);
  const node = createSwimNode({
    self,
    config: PROFILES.lan,
    rng,
    sizer: PLAIN_SIZER,
    hasSeeds: false,
  });
  expect(node.snapshot(0).members).toEqual([]);
  const effects = node.step(0, { kind: "wakeup", stalledMs: 0 });
  expect(eventsIn(effects, "member-changed")).toMatchObject([
    { member: "self", from: null, to: "alive", by: "self", incarnation: 1 },
  ]);
  expect(node.snapshot(0).members).toMatchObject([{ record: self, state: "alive" }]);
});

test("what a member advertises reaches its record, its incarnation and the cluster", () => {
  const node = new DrivenNode({ knows: ["b"], reply: acking });
  node.run(20 * T);
  const services = [plainService("web", 80)];
  const effects = node.step({ kind: "advertise", tags: { zone: "a" }, services });
  const { self } = node.snapshot;
  expect(self).toMatchObject({ incarnation: 2, tags: { zone: "a" }, services });
  expect(eventsIn(effects, "member-updated")).toMatchObject([{ member: "self", incarnation: 2 }]);
  const from = node.now;
  node.run(T);
  const told = node.sent.filter(({ at }) => at >= from).flatMap(({ message }) => message.updates);
  expect(told).toContainEqual(belief(self));
});

describe("a change of belief", () => {
  test("of state is told once, with what was before and by whose word", () => {
    const node = new DrivenNode({ knows: ["b", "c"] });
    const death = verdict(record("b"), "dead", "judge", { cause: "timeout" });
    const first = node.learnDeath("b", "c", death);
    expect(eventsIn(first, "member-changed")).toMatchObject([
      { member: "b", from: "alive", to: "dead", by: "judge", incarnation: 1 },
    ]);
    expect(eventsIn(node.gossip("c", death), "member-changed")).toEqual([]);
  });

  test.each([
    ["dead", "refusal"],
    ["dead", "quorum"],
    ["dead", "timeout"],
    ["left", "leave"],
  ] as const)("to %s by a peer's verdict has the verdict's cause: %s", (state, cause) => {
    const node = new DrivenNode({ knows: ["b", "c"] });
    const told = verdict(record("b"), state, "judge", { cause });
    node.gossip("c", told);
    node.run(T);
    const changes = node.eventsOf("member-changed").map(({ event }) => event);
    expect(changes.filter(({ to }) => to === state)).toMatchObject([{ by: "judge", cause }]);
  });

  test("to suspect has the evidence of the first accuser as its cause", () => {
    const node = new DrivenNode({ knows: ["b", "c", "d"] });
    node.run(2 * T);
    const refused = accusation(record("b"), "c", { evidence: "refused" });
    const effects = node.gossip("c", refused);
    expect(eventsIn(effects, "member-changed")).toMatchObject([
      { to: "suspect", cause: "refusal" },
    ]);
  });

  test("of a record alone is an update of the member, not a change of its state", () => {
    const node = new DrivenNode({ knows: ["b", "c"] });
    const tagged = record("b", { incarnation: 2, tags: { zone: "b" } });
    const effects = node.gossip("c", belief(tagged));
    expect(eventsIn(effects, "member-changed")).toEqual([]);
    expect(eventsIn(effects, "member-updated")).toMatchObject([{ member: "b", incarnation: 2 }]);
  });
});
