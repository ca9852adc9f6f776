import { describe, expect, test } from "vitest";
import type { MemberRecord, MemberState } from "../../../src/core/member.ts";
import { SimCluster } from "../../../src/sim/sim-cluster.ts";
import { belief, CONFIG, names, record, T } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";

const HIGHEST = 0xffff_ffff;
const FAR = 2 ** 26 + 100;
const B = record("b", { incarnation: 7 });

function knowing(): DrivenNode {
  const node = new DrivenNode();
  node.become(B);
  node.meet(["b", "c"], acking);
  node.run(T);
  return node;
}

function say(node: DrivenNode, about: MemberRecord, state: MemberState = "alive"): void {
  node.gossip("c", belief(about, state));
}

const incarnationOf = (node: DrivenNode, name: string) => node.explain(name)?.record.incarnation;
const refusals = (node: DrivenNode) => node.eventsOf("claim-refused").map(({ event }) => event);

describe("a claim far above what is held", () => {
  test.each(["alive", "suspect", "dead", "left", "forgotten"] as const)(
    "(%s) changes nothing, whoever brings it: its owner says otherwise",
    (state) => {
      const node = knowing();
      say(node, { ...B, incarnation: HIGHEST }, state);
      node.run(10);
      expect(node.explain("b")).toMatchObject({ state: "alive", record: B });
      expect(refusals(node)).toEqual([
        { kind: "claim-refused", member: "b", by: "c", incarnation: HIGHEST },
      ]);
    },
  );

  test("is refused where its owner is silent", () => {
    const node = new DrivenNode({ knows: ["c"], reply: acking });
    say(node, record("ghost", { incarnation: FAR + 1 }));
    node.run(3 * CONFIG.roundWaitMs + 1);
    expect(node.state("ghost")).toBeUndefined();
    expect(node.sentOf("ping", "ghost")).toHaveLength(3);
    expect(refusals(node)).toHaveLength(1);
  });

  test("is believed once its owner answers with it, from where the claim says that it lives", () => {
    const node = knowing();
    const back = { ...B, incarnation: FAR + 7, startId: record("b2").startId };
    say(node, back);
    expect(incarnationOf(node, "b")).toBe(7);
    node.become(back);
    node.run(5);
    expect(node.explain("b")).toMatchObject({ state: "alive", record: back });
    expect(refusals(node)).toEqual([]);
  });

  test("makes no tombstone of a name that nobody ever bore", () => {
    const node = knowing();
    say(node, record("next", { incarnation: HIGHEST }), "dead");
    node.run(T);
    say(node, record("next", { incarnation: 3 }));
    expect(node.state("next")).toBe("alive");
  });
});

test("a member may go up by less than two years of seconds on anybody's word", () => {
  const node = knowing();
  const next = { ...B, incarnation: 7 + 2 ** 26 };
  say(node, next);
  expect(incarnationOf(node, "b")).toBe(next.incarnation);
});

describe("a node of which a far incarnation is said", () => {
  test("is not led there by one datagram", () => {
    const node = knowing();
    say(node, { ...node.self, incarnation: HIGHEST }, "dead");
    node.run(T);
    expect(incarnationOf(node, "self")).toBe(1);
    expect(node.sentOf("record-request", "c")).toHaveLength(1);
  });

  test("outranks it once a member that it asked confirms it", () => {
    const node = knowing();
    const held = { ...node.self, incarnation: FAR };
    say(node, held, "dead");
    say(node, held, "dead");
    expect(incarnationOf(node, "self")).toBe(FAR + 1);
  });
});

const FORTY_YEARS_MS = 40 * 365 * 24 * 3_600_000;

describe.each([
  ["behind", -FORTY_YEARS_MS],
  ["ahead", FORTY_YEARS_MS],
  ["ahead of 2106", 3 * FORTY_YEARS_MS],
])("a member whose clock is decades %s", (_how, byMs) => {
  test.each([
    ["as a newcomer", false],
    ["as a member that restarts without its disk", true],
  ])("joins %s", (_as, wasThere) => {
    const cluster = new SimCluster({ rngSeed: 1 });
    const members = names(5);
    cluster.startAll(members);
    if (wasThere) cluster.start("odd", { seeds: ["m00"] });
    cluster.run(10_000);
    cluster.jumpWallClock("odd", byMs);
    if (wasThere) cluster.restart("odd");
    else cluster.start("odd", { seeds: ["m00"] });
    expect(cluster.runUntil(() => cluster.isConverged(), 6000)).toBeDefined();
  });
});
