/**
 * What hearsay claims to keep of SWIM: Das, Gupta and Motivala, "SWIM: Scalable Weakly-consistent
 * Infection-style Process Group Membership Protocol", DSN 2002. Where it departs on purpose:
 * docs/protocol.md, section 12; each departure is tested where its rule lives.
 */
import { describe, expect, test } from "vitest";
import type { MessageKind } from "../src/core/message.ts";
import { SimCluster } from "../src/sim/sim-cluster.ts";
import { accusation, belief, CONFIG, names, record, T, verdict } from "./core/builders.ts";
import { ackingAndNacking, DrivenNode, type Reply } from "./core/driven-node.ts";
import { bodiesIn, gapsOf, toldTo } from "./core/outcome.ts";
import { besideSilentB } from "./core/suspicion/silent-subject.ts";

const DIGEST = { high: 0, low: 0 };
const HELPERS = ["c", "d", "e", "f"];

function withSuspectB(): DrivenNode {
  const node = besideSilentB({}, HELPERS);
  node.run(2.5 * T);
  expect(node.state("b")).toBe("suspect");
  return node;
}

test("§2 strong completeness: a crash is found by every member that lives", () => {
  const cluster = new SimCluster({ rngSeed: 1, config: { refusals: false } });
  cluster.startAll(["a", "b", "c", "d", "e"]);
  cluster.run(3 * T);
  cluster.crashHost("c");
  expect(cluster.runUntil(() => cluster.allSee("c", "dead"), 10 * T)).toBeDefined();
});

describe("§3.1 failure detector", () => {
  test("§3.1 a ping is answered by an ack that repeats its number", () => {
    const node = new DrivenNode({ knows: ["b"] });
    const effects = node.hear("b", { kind: "ping", seq: 77, target: "self", digest: DIGEST });
    expect(bodiesIn(effects, "ack", "b")).toMatchObject([{ seq: 77 }]);
  });

  test("§3.1 without an ack, k others are asked to ping the member", () => {
    const node = besideSilentB({}, HELPERS);
    node.run(1.7 * T);
    const asked = node.sentOf("ping-req");
    expect(asked.map(({ message }) => message.body.target)).toEqual(["b", "b", "b"]);
    const helpers = new Set(asked.map(({ to }) => to.member));
    expect(helpers.size).toBe(3);
    for (const helper of helpers) expect(HELPERS).toContain(helper);
  });

  test("§3.1 whoever is asked pings the member, and passes its ack on to the asker", () => {
    const node = new DrivenNode({ knows: ["b", "c"] });
    const { endpoint } = node.peer("b");
    const request = { kind: "ping-req", seq: 9, target: "b", endpoint, nackAfterMs: 300 } as const;
    const [ping] = bodiesIn(node.hear("c", request), "ping", "b");
    const effects = node.hear("b", { kind: "ack", seq: ping?.seq ?? 0, digest: DIGEST });
    expect(bodiesIn(effects, "relayed-ack", "c")).toMatchObject([{ seq: 9, target: "b" }]);
  });

  test("§3.1 one ack through one helper is enough: the member is not suspected", () => {
    const { startId, incarnation } = record("b");
    const relaying: Reply = (body) =>
      body.kind === "ping-req"
        ? {
            body: { kind: "relayed-ack", seq: body.seq, target: "b", startId, incarnation },
            afterMs: 5,
          }
        : ackingAndNacking(body);
    const node = besideSilentB({}, HELPERS);
    node.answer("c", relaying);
    node.answer("d", relaying);
    node.run(6 * T);
    expect(node.state("b")).toBe("alive");
  });

  test("§3.1 the load on a member does not grow with the group", () => {
    const pingsSent = (members: number) => {
      const node = new DrivenNode({ knows: names(members), reply: ackingAndNacking });
      node.run(10 * T);
      return node.sentOf("ping").length / 10;
    };
    expect(pingsSent(20)).toBeLessThanOrEqual(9);
    expect(pingsSent(200)).toBeLessThanOrEqual(9);
  });
});

describe("§3.2 dynamic membership", () => {
  test("§3.2 a death that one member finds is taken over by whoever hears of it and finds no life there itself", () => {
    const node = new DrivenNode({ knows: ["b", "c"] });
    node.gossip("c", verdict(record("b"), "dead", "c"));
    node.run(1.5 * CONFIG.roundWaitMs);
    expect(node.state("b")).toBe("dead");
  });

  test("§3.2 joining and leaving spread in the same way as a death", () => {
    const node = new DrivenNode({ knows: ["b", "c"] });
    node.gossip("c", belief(record("new")));
    expect(node.state("new")).toBe("alive");
    node.gossip("c", verdict(record("b"), "left", "b"));
    expect(node.state("b")).toBe("left");
  });
});

describe("§4.1 infection-style dissemination", () => {
  test("§4.1 news rides on pings, ping-reqs and acks", () => {
    const node = besideSilentB({}, HELPERS);
    // Just before the round about b: gossip would have spent the news by then.
    node.run(1.55 * T);
    const news = belief(record("new"));
    node.hear("f", { kind: "ping", seq: 1, target: "self", digest: DIGEST }, { updates: [news] });
    node.run(0.4 * T);
    const carriers: readonly MessageKind[] = ["ping", "ping-req", "ack"];
    for (const kind of carriers) {
      const carried = node.sentOf(kind).flatMap(({ message }) => message.updates);
      expect(carried, kind).toContainEqual(news);
    }
  });

  test("§4.1 where not everything fits, what was sent least goes first", () => {
    const node = new DrivenNode({ knows: ["b", "c"], reply: ackingAndNacking });
    node.run(3 * T);
    const news = names(40).map((name) => belief(record(name)));
    node.gossip("b", ...news.slice(0, 26));
    node.hear("b", { kind: "ping", seq: 1, target: "self", digest: DIGEST });
    node.gossip("b", ...news.slice(26));
    const effects = node.hear("b", { kind: "ping", seq: 2, target: "self", digest: DIGEST });
    const told = toldTo("b", effects);
    expect(told).toHaveLength(26);
    expect(told.slice(0, 14)).toEqual(news.slice(26));
  });

  test("§4.1 each update is sent some multiple of log n times, and then no more", () => {
    const node = new DrivenNode({ knows: ["b", "c"], reply: ackingAndNacking });
    node.run(20 * T);
    const about = record("new");
    node.gossip("b", belief(about));
    node.answer("new", ackingAndNacking);
    node.run(20 * T);
    const sends = node.sent.filter(({ message: { updates } }) =>
      updates.some((update) => update.kind === "belief" && update.record.name === "new"),
    );
    expect(sends).toHaveLength(6 * Math.ceil(Math.log10(4 + 1)));
  });
});

describe("§4.2 suspicion", () => {
  test("§4.2 a member that did not answer is suspected first, not declared", () => {
    const node = besideSilentB({}, HELPERS);
    node.run(2.5 * T);
    const changes = node.eventsOf("member-changed").filter(({ event }) => event.member === "b");
    expect(changes.map(({ event }) => event.to)).toEqual(["alive", "suspect"]);
  });

  test("§4.2 a suspicion spreads: whoever hears of it suspects, too, and passes it on", () => {
    const node = new DrivenNode();
    const others = names(8);
    node.meet(["b", "c", ...others]);
    const suspicion = accusation(record("b"), "c");
    node.gossip("c", suspicion);
    expect(node.state("b")).toBe("suspect");
    node.run(T);
    const passedOn = node.sent.filter(({ to }) => others.includes(to.member ?? ""));
    expect(passedOn.flatMap(({ message }) => message.updates)).toContainEqual(suspicion);
  });

  test("§4.2 a suspect is still a member, and is pinged as before", () => {
    const node = withSuspectB();
    const { now } = node;
    node.run(1.2 * T);
    expect(node.state("b")).toBe("suspect");
    expect(node.sentOf("ping", "b", now).length).toBeGreaterThan(0);
  });

  test("§4.2 a suspect that does not refute in time is declared, and all are told", () => {
    const node = withSuspectB();
    const { now } = node;
    node.run(40 * T);
    expect(node.state("b")).toBe("dead");
    const told = node.sent.filter(({ at, to }) => at >= now && to.member === "c");
    const verdicts = told.flatMap(({ message }) => message.updates);
    expect(verdicts).toContainEqual(verdict(record("b"), "dead", "self", { cause: "timeout" }));
  });

  test("§4.2 the suspected member raises its incarnation and says that it is alive", () => {
    const node = new DrivenNode({ knows: ["b", "c"] });
    const effects = node.gossip("b", accusation(node.self, "c"));
    const refutation = belief({ ...node.self, incarnation: 2 });
    expect(toldTo("b", effects)).toContainEqual(refutation);
  });

  test("§4.2 a suspicion of an incarnation that is over makes nobody raise its own", () => {
    const node = new DrivenNode({ knows: ["b"], self: { incarnation: 5 } });
    node.gossip("b", accusation({ ...node.self, incarnation: 4 }, "c"));
    expect(node.snapshot.self.incarnation).toBe(5);
  });

  test("§4.2 nobody but the member itself raises its incarnation", () => {
    const node = withSuspectB();
    node.run(40 * T);
    const said = node.sent
      .flatMap(({ message }) => message.updates)
      .flatMap((update) => {
        if (update.kind === "deaths") return [];
        return update.kind === "belief" ? update.record : { ...update, name: update.subject };
      })
      .filter(({ name }) => name === "b");
    expect(said.length).toBeGreaterThan(0);
    expect(new Set(said.map(({ incarnation }) => incarnation))).toEqual(new Set([1]));
  });
});

describe("§4.3 time-bounded completeness", () => {
  test("§4.3 a member is pinged again within a bounded time, by each that watches it", () => {
    const node = new DrivenNode({ knows: ["b", "c", "d"], reply: ackingAndNacking });
    node.run(20 * T);
    const pings = node.sentOf("ping", "c").map(({ at }) => at);
    expect(Math.max(...gapsOf(pings))).toBeLessThanOrEqual(1.1 * T);
  });

  test("§4.3 a member that is new is pinged within a period of being heard of", () => {
    const node = new DrivenNode({ knows: ["b"], reply: ackingAndNacking });
    node.run(3 * T);
    node.gossip("b", belief(record("new")));
    node.run(T);
    expect(node.sentOf("ping", "new").length).toBeGreaterThan(0);
  });
});
