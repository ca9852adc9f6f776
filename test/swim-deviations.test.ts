/**
 * Where hearsay departs from SWIM (DSN 2002) on purpose. The numbers are those of the list in
 * docs/protocol.md, section 12; each title names what SWIM does, what hearsay does, and why.
 */
import { describe, expect, test } from "vitest";
import { supersedes } from "../src/core/membership/supersedes.ts";
import { SimCluster } from "../src/sim/sim-cluster.ts";
import { accusation, belief, CONFIG, names, record, T, verdict } from "./core/builders.ts";
import { acking, ackingAndNacking, DrivenNode, type Reply } from "./core/driven-node.ts";
import { bodiesIn, eventsIn, toldTo } from "./core/outcome.ts";

const GOSSIP = { kind: "gossip" } as const;
const DIGEST = { high: 0, low: 0 };
const FOREIGN = { high: 1, low: 2 };
const B = record("b");
const GRACE_MS = 2 * T;

function among(members: readonly string[], reply: Reply = ackingAndNacking): DrivenNode {
  const node = new DrivenNode({ knows: members, reply: reply });
  return node;
}

function pinged(node: DrivenNode, since = 0): Set<string | undefined> {
  return new Set(node.sentOf("ping", undefined, since).map(({ to }) => to.member));
}

describe("who probes whom", () => {
  test("1 (§3.1 a random member a period): a fixed few, each once a period, for phi's sake", () => {
    const node = among(names(100));
    node.run(3 * T);
    const first = pinged(node);
    node.run(10 * T);
    expect(pinged(node, 3 * T)).toEqual(first);
    expect(first.size).toBeLessThanOrEqual(8);
    expect(first.size).toBeGreaterThan(4);
  });

  test("2 (§3.1): up to 12 members everybody watches everybody, for a minority's sake", () => {
    const eleven = names(11);
    const node = among(eleven);
    node.run(1.2 * T);
    expect(pinged(node)).toEqual(new Set(eleven));
  });

  test("2 (§3.1): whoever lost sight of half of its subjects looks at everybody", () => {
    const node = among(names(20));
    node.run(5 * T);
    expect(pinged(node).size).toBeLessThanOrEqual(8);
    for (const name of names(20)) node.answer(name);
    const { now } = node;
    node.run(4 * T);
    expect(pinged(node, now).size).toBe(20);
  });
});

describe("from silence to suspicion", () => {
  test("3 (§3.1 a fixed timeout): the silence that is suspicious is learned from the acks", () => {
    const deviationMs = (ackAfterMs: (count: number) => number) => {
      let pings = 0;
      const node = new DrivenNode({
        knows: ["b"],
        reply: (body) =>
          body.kind === "ping"
            ? { body: { kind: "ack", seq: body.seq, digest: DIGEST }, afterMs: ackAfterMs(pings++) }
            : undefined,
        config: { pingRetries: 0 },
      });
      node.run(60 * T);
      return node.explain("b")?.detector?.deviationMs ?? 0;
    };
    const steady = deviationMs(() => 1);
    expect(deviationMs((count) => (count % 2) * 200)).toBeGreaterThan(1.5 * steady);
  });

  test("4 (§3.1 an ack): any new datagram from the member ends its silence", () => {
    const node = among(["c", "d"]);
    node.meet(["b"]);
    for (let i = 0; i < 10; i++) {
      node.run(T);
      node.gossip("b");
    }
    expect(node.eventsOf("accused")).toEqual([]);
    expect(node.state("b")).toBe("alive");
  });

  test("4 (§3.1 an ack): one that arrives twice proves nothing the second time", () => {
    const node = among(["b", "c"]);
    node.run(2 * T);
    const counter = { counter: 4711 };
    node.hear("b", GOSSIP, { header: counter });
    node.answer("b");
    node.run(T);
    const heardBefore = node.explain("b")?.lastHeardMs;
    node.hear("b", GOSSIP, { header: counter });
    expect(node.explain("b")?.lastHeardMs).toBe(heardBefore);
  });

  test("5 (§3.1 ping-reqs at once): a missed ack is retried directly twice first", () => {
    const node = among(["b", "c", "d"]);
    node.run(10 * T);
    node.answer("b");
    const { now } = node;
    while (node.sentOf("ping", "b", now).length === 0) node.run(1);
    node.run(200);
    expect(node.sentOf("ping", "b", now)).toHaveLength(3);
    expect(node.sentOf("ping-req")).toEqual([]);
  });

  test("6 (§3.1 in every period): others are asked only when phi says so", () => {
    const node = among(["b", "c", "d"]);
    node.answer("b");
    while (node.sentOf("ping-req").length === 0) node.run(1);
    const { phi } = node.explain("b") ?? {};
    expect(phi).toBeGreaterThanOrEqual(8);
    expect(phi).toBeLessThan(8.2);
  });
});

describe("refusals", () => {
  const refuse = (node: DrivenNode) => {
    const seq = node.sentOf("ping", "b").at(-1)?.message.body.seq ?? 0;
    node.step({ kind: "refused", member: "b", seq });
    node.run(1);
  };
  const untilPinged = (node: DrivenNode) => {
    const before = node.sentOf("ping", "b").length;
    while (node.sentOf("ping", "b").length === before) node.run(1);
  };

  test("7 (new): a port that is refused twice is evidence of a crash, long before phi", () => {
    const node = among(["b", "c", "d"]);
    node.run(5 * T);
    node.answer("b");
    untilPinged(node);
    refuse(node);
    expect(node.state("b")).toBe("alive");
    refuse(node);
    expect(node.state("b")).toBe("suspect");
    expect(node.explain("b")?.phi).toBeLessThan(1);
  });

  test("7 (new): one observer's refusals never kill while another one lives", () => {
    const node = among(["b", "c", "d"]);
    node.run(5 * T);
    node.answer("b");
    untilPinged(node);
    refuse(node);
    refuse(node);
    node.run(T);
    expect(node.state("b")).toBe("suspect");
    node.gossip("c", accusation(B, "c", { evidence: "refused" }));
    node.run(150);
    expect(node.state("b")).toBe("dead");
  });
});

describe("from suspicion to death", () => {
  function accusedBy(...accusers: string[]): DrivenNode {
    const node = among(["b", "c", "d", "e"]);
    node.answer("b");
    node.run(2.5 * T);
    const updates = accusers.map((accuser) => accusation(B, accuser));
    node.gossip("c", ...updates);
    return node;
  }

  test("8 (§4.2 one suspicion and a timeout): a quorum of its observers and a short grace", () => {
    const node = accusedBy("c", "d");
    node.run(GRACE_MS - 100);
    expect(node.state("b")).toBe("suspect");
    node.run(200);
    expect(node.state("b")).toBe("dead");
  });

  test("8 (§4.2): a single suspicion waits for many times that", () => {
    const node = accusedBy();
    node.run(5 * GRACE_MS);
    expect(node.state("b")).toBe("suspect");
  });

  test("10 (§4.2): whoever heard nobody else accuses nobody, lest an outage is a quorum", () => {
    const node = among(["b", "c", "d"]);
    node.run(5 * T);
    for (const name of ["b", "c", "d"]) node.answer(name);
    node.run(30 * T);
    expect(node.eventsOf("accused")).toEqual([]);
    expect(node.snapshot.isolated).toBe(true);
  });

  test("11 (§4.2): time in which the process itself stood still is no silence of others", () => {
    const node = among(["b", "c", "d"]);
    node.run(5 * T);
    node.stall(10 * T);
    expect(node.explain("b")?.phi).toBeLessThan(8);
    node.run(10 * T);
    expect(node.eventsOf("accused")).toEqual([]);
  });

  test("13 (§4.2 an ack clears it): it stops the clocks; the state waits for the member's word", () => {
    const node = accusedBy("c", "d");
    const effects = node.gossip("b");
    expect(eventsIn(effects, "suspicion-cleared")).toMatchObject([{ member: "b", cause: "heard" }]);
    expect(toldTo("b", effects).some(({ kind }) => kind === "accusation")).toBe(true);
    expect(node.state("b")).toBe("suspect");
    node.run(GRACE_MS - 1000);
    node.gossip("b", belief({ ...B, incarnation: 2 }));
    expect(node.state("b")).toBe("alive");
  });
});

describe("membership", () => {
  test("14 (§4.2 from 0): a restarted member begins above its past, and is back at once", () => {
    const cluster = new SimCluster({ rngSeed: 3 });
    cluster.startAll(["a", "b", "c"]);
    cluster.run(3 * T);
    const before = cluster.snapshot("b").self.incarnation;
    cluster.kill("b");
    cluster.runUntil(() => cluster.allSee("b", "dead"), 5 * T);
    cluster.restart("b");
    expect(cluster.runUntil(() => cluster.allSee("b", "alive"), T)).toBeLessThan(300);
    expect(cluster.snapshot("b").self.incarnation).toBeGreaterThan(before);
  });

  test("15 (§4.1 gossip alone): whoever hears of something newer asks for the record", () => {
    const node = among(["b", "c"]);
    const newer = accusation({ ...B, incarnation: 9 }, "c");
    const effects = node.gossip("c", newer);
    expect(bodiesIn(effects, "record-request", "c")).toMatchObject([{ member: "b" }]);
    expect(node.state("b")).toBe("alive");
  });

  test("15 (§4.1 gossip alone): whoever hears of something older answers with its record", () => {
    const node = among(["c"]);
    const newer = record("b", { incarnation: 9 });
    node.gossip("c", belief(newer));
    const effects = node.gossip("c", verdict(B, "dead", "c"));
    expect(toldTo("c", effects)).toContainEqual(belief(newer));
  });

  test("16 (§4.2 a confirm is final): a higher incarnation brings the dead back", () => {
    const dead = { state: "dead", incarnation: 4 } as const;
    expect(supersedes({ state: "alive", incarnation: 5 }, dead)).toBe(true);
    expect(supersedes({ state: "alive", incarnation: 4 }, dead)).toBe(false);
  });

  test("16 (§3.2 the dead are deleted): they are remembered and dialled, so partitions heal", () => {
    const node = among(["b", "c"]);
    node.answer("b");
    node.gossip("c", verdict(B, "dead", "c"));
    const { now } = node;
    node.run(600 * T);
    const dials = node.sentOf("ping", "b", now);
    expect(dials.length).toBeGreaterThan(30);
    const told = dials.at(-1)?.message.updates ?? [];
    expect(told).toContainEqual(expect.objectContaining({ state: "dead", by: "c" }));
  });

  test("17 (§3.2 one way to go): left and forgotten rank above dead", () => {
    const dead = { state: "dead", incarnation: 4 } as const;
    const left = { state: "left", incarnation: 4 } as const;
    expect(supersedes(left, dead)).toBe(true);
    expect(supersedes({ state: "forgotten", incarnation: 4 }, left)).toBe(true);
  });

  test("18 (§4.1 gossip alone): a view digest that stays different starts a sync", () => {
    const node = among(["c"]);
    node.answer("c", (body) =>
      body.kind === "ping"
        ? { body: { kind: "ack", seq: body.seq, digest: FOREIGN }, afterMs: 1 }
        : undefined,
    );
    node.run(4 * T);
    expect(node.sentOf("sync-request").length).toBeGreaterThan(0);
  });

  const saidBySync = belief(B, "dead", { by: "judge" });
  const saidByGossip = verdict(B, "dead", "judge");
  test.each([
    ["sync", "sync-push", saidBySync],
    ["gossip", "gossip", saidByGossip],
  ] as const)(
    "19 (§4.2 a death that is heard of is believed): one told by %s of a member held alive is believed when the member does not answer",
    (_, kind, death) => {
      for (const answers of [true, false]) {
        const node = among(["c", "d"]);
        node.meet(["b"], answers ? acking : undefined);
        node.hear("c", { kind }, { updates: [death] });
        expect(node.state("b")).toBe("alive");
        node.run(1.5 * CONFIG.roundWaitMs);
        expect(node.state("b")).toBe(answers ? "alive" : "dead");
      }
    },
  );
});
