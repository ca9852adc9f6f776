/**
 * What hearsay claims to keep of Lifeguard: Dadgar, Phillips and Currey, "Lifeguard: Local Health
 * Awareness for More Accurate Failure Detection", DSN-W 2018; and where it departs on purpose, with
 * the numbers of docs/protocol.md, section 12.
 */
import { describe, expect, test } from "vitest";
import { Suspicion } from "../src/core/suspicion/suspicion.ts";
import { timeoutMs } from "../src/core/suspicion/verdict-deadlines.ts";
import { accusation, names, record, T } from "./core/builders.ts";
import { acking, DrivenNode, talking } from "./core/driven-node.ts";
import { besideSilentB } from "./core/suspicion/silent-subject.ts";

const UNIT_MS = 1000;
const B = record("b");

/** How long the first round about b takes from its beginning. */
function roundWaitMs(node: DrivenNode): number {
  while (node.sentOf("ping-req").length === 0) node.run(1);
  const startedAt = node.now;
  while (node.eventsOf("probe-round-failed").length === 0) node.run(1);
  return node.now - startedAt;
}

describe("§IV-A local health aware probe", () => {
  test("§IV-A the score never leaves 0 to 8", () => {
    const node = new DrivenNode({ knows: ["b", "c"], reply: acking });
    node.run(5 * T);
    expect(node.snapshot.localHealth).toBe(0);
    for (let i = 0; i < 5; i++) node.stall(3 * T);
    expect(node.snapshot.localHealth).toBe(8);
  });

  test("§IV-A having to refute a suspicion of oneself raises it", () => {
    const node = new DrivenNode({ knows: ["b"] });
    node.gossip("b", accusation(node.self, "b"));
    expect(node.snapshot.localHealth).toBe(1);
  });

  test("§IV-A a probe that succeeds lowers it", () => {
    const node = new DrivenNode({ knows: ["b"], reply: acking });
    node.gossip("b", accusation(node.self, "b"));
    node.run(1.2 * T);
    expect(node.snapshot.localHealth).toBe(0);
  });

  test("§IV-A a probe whose helpers do not even say no raises it", () => {
    const node = new DrivenNode({ knows: ["b", "c", "d"] });
    node.run(3 * T);
    expect(node.eventsOf("probe-round-failed")[0]?.event.nacks).toBe(0);
    expect(node.snapshot.localHealth).toBeGreaterThan(0);
  });

  test("deviation 12 (§IV-A multiplies waits by the score): a node that distrusts itself waits as long as others", () => {
    const healthy = roundWaitMs(besideSilentB());
    const sick = besideSilentB();
    sick.answer("c");
    sick.answer("d");
    sick.answer("e");
    for (const accuser of ["c", "d"]) {
      const own = { ...sick.self, incarnation: sick.snapshot.self.incarnation };
      sick.gossip(accuser, accusation(own, accuser));
    }
    expect(sick.snapshot.localHealth).toBe(2);
    expect(roundWaitMs(sick)).toBe(healthy);
  });

  test("§IV-A a helper says no early enough to be heard before the asker gives up", () => {
    const node = besideSilentB();
    const waitMs = roundWaitMs(node);
    for (const { message } of node.sentOf("ping-req")) {
      expect(message.body.nackAfterMs).toBeLessThan(0.8 * waitMs);
    }
    expect(node.eventsOf("probe-round-failed")[0]?.event).toMatchObject({ nacks: 3 });
  });

  test("deviation 12 (§IV-A): missing nacks say nothing of a node that hears others", () => {
    const node = besideSilentB();
    for (const helper of ["c", "d", "e"]) node.answer(helper, talking);
    node.run(2.5 * T);
    expect(node.eventsOf("probe-round-failed")[0]?.event.nacks).toBe(0);
    expect(node.eventsOf("local-health-changed")).toEqual([]);
  });

  test("deviation 3 (§IV-A stretches the interval, too): pings keep the rhythm phi needs", () => {
    const node = new DrivenNode({ knows: ["b", "c"] });
    for (let i = 0; i < 5; i++) node.stall(3 * T);
    const { now } = node;
    node.run(10 * T);
    expect(node.snapshot.localHealth).toBeGreaterThan(0);
    // Nine regular pings, each repeated twice; with the interval stretched by 8 it would be two.
    expect(node.sentOf("ping", "b", now).length).toBeGreaterThanOrEqual(9 * 3);
  });

  test("deviation 11 (§IV-A): a stall raises it before anybody else has noticed", () => {
    const node = new DrivenNode({ knows: ["b", "c"], reply: acking });
    node.run(2 * T);
    node.stall(T + 300);
    expect(node.snapshot.localHealth).toBe(1);
  });
});

describe("§IV-B local health aware suspicion", () => {
  const timeout = (accusers: number, members = 10, quorum = 4) =>
    timeoutMs({ unitMs: UNIT_MS, members, accusers, quorum });

  test("§IV-B one accuser waits the longest: six times the shortest", () => {
    expect(timeout(1)).toBe(6 * timeout(4));
  });

  test("§IV-B the shortest wait grows with the logarithm of the group", () => {
    expect(timeout(4, 10)).toBe(4 * UNIT_MS);
    expect(timeout(4, 100)).toBe(8 * UNIT_MS);
    expect(timeout(4, 1000)).toBeCloseTo(12 * UNIT_MS);
  });

  test("§IV-B each confirmation shortens it, by less than the one before", () => {
    const waits = [1, 2, 3, 4].map((accusers) => timeout(accusers));
    const steps = waits.slice(1).map((wait, index) => (waits[index] ?? 0) - wait);
    for (const step of steps) expect(step).toBeGreaterThan(0);
    expect(steps).toEqual([...steps].sort((a, b) => b - a));
    const [max = 0, second, , min = 0] = waits;
    expect(second).toBeCloseTo(max - ((max - min) * Math.log(2)) / Math.log(4));
  });

  test("§IV-B only independent confirmations count: the same accuser again does not", () => {
    const suspicion = new Suspicion(accusation(B, "c"), 0);
    expect(suspicion.add(accusation(B, "c"), 0)).toBe(true);
    expect(suspicion.add(accusation(B, "c"), 1)).toBe(false);
    expect(suspicion.add(accusation(B, "d"), 2)).toBe(true);
    expect(suspicion.all).toHaveLength(2);
  });

  test("§IV-B a confirmation is passed on, so that others can count it, too", () => {
    const node = new DrivenNode();
    const others = names(8);
    node.meet(["b", "c", "d", ...others]);
    const both = [accusation(B, "c"), accusation(B, "d")];
    for (const one of both) node.gossip(one.accuser, one);
    node.run(T);
    const passedOn = node.sent.filter(({ to }) => others.includes(to.member ?? ""));
    const said = passedOn.flatMap(({ message }) => message.updates);
    for (const one of both) expect(said).toContainEqual(one);
  });

  test("deviation 8 (§IV-B): at the quorum the timer gives way to the grace", () => {
    const node = besideSilentB();
    node.run(2.5 * T);
    node.gossip("c", accusation(B, "c"));
    const { now } = node;
    while (node.state("b") === "suspect") node.run(10);
    expect(node.now - now).toBeLessThan(2.2 * T);
    expect(node.eventsOf("member-changed").at(-1)?.event.reason).toContain("quorum 2");
  });

  test("deviation 9 (§IV-B counts): who accused, when and of what is kept, and can be told", () => {
    const node = besideSilentB();
    node.run(2.5 * T);
    node.gossip("c", accusation(B, "c", { evidence: "refused" }));
    const accusations = node.explain("b")?.suspicion?.accusations;
    expect(accusations?.map(({ accuser, evidence }) => [accuser, evidence])).toEqual([
      ["self", "silence"],
      ["c", "refused"],
    ]);
  });
});

describe("§IV-C buddy system", () => {
  test("deviation 13 (§IV-C in every ping): a suspect is told of the suspicion once a period", () => {
    const node = besideSilentB({}, names(10));
    node.run(2.5 * T);
    node.run(5 * T);
    for (let period = 0; period < 3; period++) {
      const { now } = node;
      node.run(T);
      const [told] = node.sentOf("gossip", "b", now);
      expect(told?.message.updates).toMatchObject([{ kind: "accusation", subject: "b" }]);
    }
  });

  test("§IV-C so a suspect that gets one ping refutes with its answer", () => {
    const node = new DrivenNode({ knows: ["b"] });
    const ping = { kind: "ping", seq: 1, target: "self", digest: { high: 0, low: 0 } } as const;
    node.hear("b", ping, { updates: [accusation(node.self, "b")] });
    const ack = node.sentOf("ack", "b")[0];
    expect(ack?.message.header.incarnation).toBe(2);
  });
});
