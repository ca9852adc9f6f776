import { describe, expect, test } from "vitest";
import type { MemberState, Update } from "../../../src/core/member.ts";
import { ZERO_HASH } from "../../../src/core/primitives/hash.ts";
import { accusation, belief, names, record, startIdOf, verdict } from "../builders.ts";
import { DrivenNode } from "../driven-node.ts";
import { bodiesIn, eventsIn, recordsTo } from "../outcome.ts";

const GOSSIP = { kind: "gossip" } as const;

/** A node that knows b at incarnation 5 and hears c speak. */
function knowing(state: MemberState = "alive"): DrivenNode {
  const node = new DrivenNode();
  node.become(b());
  node.meet(["b", "c"]);
  if (state === "suspect") node.gossip("c", accusation(b(), "c"));
  else if (state === "dead") node.learnDeath("b", "c");
  else if (state !== "alive") node.gossip("c", verdict(b(), state, "c"));
  return node;
}

function b(incarnation = 5, start = 1) {
  return record("b", { incarnation, startId: startIdOf("b", start) });
}

function said(node: DrivenNode, ...updates: Update[]) {
  return node.gossip("c", ...updates);
}

describe("who hears of something newer than its record changes no belief and asks the speaker for the record:", () => {
  test("a higher incarnation in a header", () => {
    const node = knowing();
    node.become(b(6));
    const effects = node.gossip("b");
    expect(bodiesIn(effects, "record-request", "b")).toMatchObject([{ member: "b" }]);
    expect(node.snapshot.members.find(({ record: of }) => of.name === "b")?.record).toEqual(b(5));
  });

  test("a name never heard of in a header", () => {
    const node = knowing();
    const effects = node.gossip("stranger");
    expect(bodiesIn(effects, "record-request", "stranger")).toMatchObject([{ member: "stranger" }]);
    expect(node.state("stranger")).toBeUndefined();
  });

  test.each([
    ["an accusation of a higher incarnation", accusation(b(6), "c")],
    ["a death of a higher incarnation", verdict(b(6), "dead", "c")],
    ["a goodbye of a higher incarnation", verdict(b(6), "left", "b")],
  ])("%s", (_, update) => {
    const node = knowing();
    const effects = said(node, update);
    expect(bodiesIn(effects, "record-request", "c")).toMatchObject([{ member: "b" }]);
    expect(node.state("b")).toBe("alive");
    expect(eventsIn(effects, "accused")).toEqual([]);
  });

  test.each([
    ["an accusation of a stranger", accusation(record("stranger"), "c")],
    ["a death of a stranger", verdict(record("stranger"), "dead", "c")],
  ])("%s", (_, update) => {
    const node = knowing();
    const effects = said(node, update);
    expect(bodiesIn(effects, "record-request", "c")).toMatchObject([{ member: "stranger" }]);
    expect(node.state("stranger")).toBeUndefined();
  });

  test("a relayed ack of a higher incarnation", () => {
    const node = knowing();
    const { startId } = b();
    const relayed = { kind: "relayed-ack", seq: 1, target: "b", startId, incarnation: 6 } as const;
    expect(bodiesIn(node.hear("c", relayed), "record-request", "c")).toHaveLength(1);
  });
});

describe("who hears of something older, or of another start at the same incarnation, answers with its record:", () => {
  const claims: readonly (readonly [string, Update])[] = [
    ["an older accusation", accusation(b(4), "c")],
    ["an older death", verdict(b(4), "dead", "c")],
    ["an accusation of another start", accusation(b(5, 2), "c")],
    ["a death of another start", verdict(b(5, 2), "dead", "c")],
  ];
  test.each(claims)("%s", (_, update) => {
    const node = knowing();
    const effects = said(node, update);
    expect(recordsTo("c", effects)).toContainEqual({ record: b(5), state: "alive" });
    expect(node.state("b")).toBe("alive");
  });

  test.each<MemberState>(["alive", "suspect", "dead", "left", "forgotten"])(
    "a header of another start, while the record held is %s",
    (state) => {
      const node = knowing(state);
      node.become(b(5, 2));
      const ping = {
        kind: "ping",
        seq: 1,
        target: "self",
        digest: ZERO_HASH,
        padding: 200,
      } as const;
      expect(recordsTo("b", node.hear("b", ping))).toContainEqual({ record: b(5), state });
    },
  );

  test("an older header", () => {
    const node = knowing();
    node.become(b(4));
    expect(recordsTo("b", node.gossip("b"))).toContainEqual({ record: b(5), state: "alive" });
  });
});

test.each<MemberState>(["dead", "left", "forgotten"])(
  "a member that speaks while it is held %s is told so",
  (state) => {
    const node = knowing(state);
    node.run(400);
    expect(recordsTo("b", node.gossip("b"))).toContainEqual({ record: b(5), state });
  },
);

describe("a request for a record", () => {
  test.each<MemberState>(["alive", "suspect", "dead", "left", "forgotten"])(
    "is answered when it is %s",
    (state) => {
      const node = knowing(state);
      const effects = node.hear("c", { kind: "record-request", member: "b" });
      expect(recordsTo("c", effects)).toContainEqual({ record: b(5), state });
    },
  );

  test("for a member that is not known stays without an answer", () => {
    const effects = knowing().hear("c", { kind: "record-request", member: "nobody" });
    expect(bodiesIn(effects, "gossip")).toEqual([]);
  });

  test("for the node itself is answered with its own record", () => {
    const node = knowing();
    const effects = node.hear("c", { kind: "record-request", member: "self" });
    expect(recordsTo("c", effects)).toContainEqual({ record: node.self, state: "alive" });
  });
});

test("one speaker is asked about one member once in a gossip interval, another speaker as well", () => {
  const node = knowing();
  node.meet(["d"]);
  const news = { updates: [accusation(b(6), "c")] };
  expect(bodiesIn(node.hear("c", GOSSIP, news), "record-request")).toHaveLength(1);
  expect(bodiesIn(node.hear("c", GOSSIP, news), "record-request")).toHaveLength(0);
  expect(bodiesIn(node.hear("d", GOSSIP, news), "record-request")).toHaveLength(1);
  node.run(200);
  expect(bodiesIn(node.hear("c", GOSSIP, news), "record-request")).toHaveLength(1);
});

test("two nodes that hold different starts of a dead member do not answer each other for ever", () => {
  const node = knowing("dead");
  const effects = said(node, belief(b(5, 2), "dead"));
  expect(recordsTo("c", effects)).toEqual([]);
});

describe("what one datagram was wrong about is answered in one, to its sender", () => {
  const stale = (members: readonly string[]): Answered => {
    const node = new DrivenNode();
    node.meet(["c"]);
    const held = members.map((name) => record(name, { incarnation: 6 }));
    for (const each of held) node.gossip("d", belief(each));
    const old = members.map((name) => accusation(record(name, { incarnation: 5 }), "c"));
    const sent = node
      .gossip("c", ...old)
      .flatMap((effect) =>
        effect.kind === "send" && effect.to.member === "c" ? effect.message : [],
      );
    const told = sent.flatMap(({ updates }) => updates);
    return {
      datagrams: sent.length,
      beliefs: told.flatMap((update) =>
        update.kind === "belief" && update.record.incarnation === 6 ? update.record.name : [],
      ),
    };
  };

  test("five old accusations", () => {
    const members = ["m1", "m2", "m3", "m4", "m5"];
    expect(stale(members)).toEqual({ datagrams: 1, beliefs: members });
  });

  test("in as many datagrams as hold the records, and none is left out", () => {
    const members = names(40);
    const { datagrams, beliefs } = stale(members);
    expect(datagrams).toBeGreaterThan(1);
    expect(datagrams).toBeLessThan(10);
    expect(new Set(beliefs)).toEqual(new Set(members));
  });
});

interface Answered {
  readonly datagrams: number;
  readonly beliefs: readonly string[];
}
