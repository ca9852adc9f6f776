import { describe, expect, test } from "vitest";
import type { Update } from "../../../src/core/member.ts";
import { accusation, belief, names, record, T } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import {
  accuse,
  accusersOf,
  besideSilentB,
  bystander,
  deathOf,
  OTHERS,
  suspicionOf,
} from "./silent-subject.ts";

describe("while an accusation stands, the accuser", () => {
  function accuser(): DrivenNode {
    const node = besideSilentB({ config: { graceMs: 60_000, gossipFanout: 0 } });
    while (!accusersOf(node)?.includes("self")) node.run(1);
    return node;
  }
  const isAboutB = (update: Update) =>
    update.kind === "accusation" && update.accuser === "self" && update.subject === "b";
  /** What is told on purpose comes first in its datagram; what rides along comes behind. */
  const tellings = (node: DrivenNode, to: string, since = 0) =>
    node
      .sentOf("gossip", to, since)
      .filter(({ message }) => message.updates.slice(0, 1).some(isAboutB));

  test("tells it at once to the subject and to its other observers", () => {
    const node = accuser();
    const at = node.eventsOf("accused").find(({ event }) => event.accuser === "self")?.at;
    for (const to of ["b", ...OTHERS]) {
      expect(tellings(node, to).map((one) => one.at)).toContain(at);
    }
  });

  test("tells it alone: what else is owed goes to members drawn by chance", () => {
    const node = accuser();
    node.run(T - 20);
    const others = names(5).map((name) => belief(record(name)));
    node.gossip("c", ...others);
    const since = node.now;
    node.run(40);
    const told = OTHERS.flatMap((to) => tellings(node, to, since));
    expect(told).toHaveLength(OTHERS.length);
    for (const { message } of told) expect(message.updates).toHaveLength(1);
  });

  test("tells it again every period", () => {
    const node = accuser();
    const first = tellings(node, "b")[0]?.at ?? 0;
    node.run(3.5 * T);
    const times = tellings(node, "b").map(({ at }) => at);
    for (const periods of [1, 2, 3]) expect(times).toContain(first + periods * T);
  });

  test("leaves out observers that are silent", () => {
    const node = accuser();
    node.answer("c");
    node.run(1.5 * T);
    const { now } = node;
    node.run(3 * T);
    expect(tellings(node, "d", now)).toHaveLength(3);
    expect(tellings(node, "c", now)).toEqual([]);
  });

  test("tells it to the subject in every ping, too", () => {
    const node = accuser();
    const since = node.now;
    node.run(5 * T);
    const pings = node.sentOf("ping", "b", since + 1);
    expect(pings.length).toBeGreaterThan(4);
    for (const { message } of pings) {
      expect(message.updates).toContainEqual(expect.objectContaining({ kind: "accusation" }));
    }
  });

  test("begins no other round about the subject", () => {
    const node = accuser();
    const rounds = node.sentOf("ping-req").length;
    node.run(10 * T);
    expect(node.sentOf("ping-req")).toHaveLength(rounds);
  });
});

describe("evidence from the subject", () => {
  test("empties the accusers and stops the clocks at once, and leaves the state to the subject", () => {
    const node = bystander(["c", "d"]);
    node.run(3 * T);
    node.gossip("b");
    expect(node.state("b")).toBe("suspect");
    expect(suspicionOf(node)).toMatchObject({ accusations: [], deadInMs: null });
    expect(node.eventsOf("suspicion-cleared")[0]?.event.cause).toBe("heard");
    node.run(60 * T);
    expect(deathOf(node, "b")).toBeUndefined();
  });

  test("empties refusals, too", () => {
    const node = bystander();
    node.gossip("c", accusation(node.peer("b"), "c", { evidence: "refused" }));
    node.gossip("b");
    expect(suspicionOf(node)?.accusations).toEqual([]);
  });

  test("is answered at once with the suspicion, so that it refutes", () => {
    const node = bystander(["c"]);
    node.run(10 * T);
    expect(node.snapshot.queues.updatesOwed).toBe(0);
    const { now } = node;
    node.gossip("b");
    const told = node.sentOf("gossip", "b", now).flatMap(({ message }) => message.updates);
    expect(told).toContainEqual(accusation(node.peer("b"), "c"));
  });

  test("is followed by the same word every period, until the subject refutes", () => {
    const node = new DrivenNode({ knows: names(40), reply: acking, config: { gossipFanout: 0 } });
    const stranger = names(40).find((name) => node.explain(name)?.observed === false) ?? "";
    node.gossip("m00", accusation(node.peer(stranger), "m00"));
    node.gossip(stranger);
    const { now } = node;
    node.run(5.5 * T);
    const times = node.sentOf("gossip", stranger, now + 1).map(({ at }) => at);
    expect(times.length).toBeGreaterThanOrEqual(4);
    for (const { message } of node.sentOf("gossip", stranger, now + 1)) {
      expect(message.updates).toContainEqual(accusation(node.peer(stranger), "m00"));
    }
    node.become({ ...node.peer(stranger), incarnation: 2 });
    node.gossip(stranger, belief(node.peer(stranger)));
    expect(node.state(stranger)).toBe("alive");
    const refutedAt = node.now;
    node.run(5 * T);
    expect(node.sentOf("gossip", stranger, refutedAt + 1)).toEqual([]);
  });

  test("that is a replay empties nothing", () => {
    const node = bystander(["c"]);
    node.hear("b", { kind: "gossip" }, { header: { counter: 1 } });
    expect(accusersOf(node)).toEqual(["c"]);
  });
});

test("a higher incarnation makes a suspect alive, and an accusation of the old one no longer counts", () => {
  const node = bystander();
  const old = accusation(node.peer("b"), "d");
  accuse(node, ["c"]);
  node.become({ ...node.peer("b"), incarnation: 2 });
  node.gossip("c", belief(node.peer("b")));
  expect(node.state("b")).toBe("alive");
  expect(node.explain("b")?.suspicion?.ended?.how).toBe("refuted");
  expect(node.eventsOf("member-changed").at(-1)?.event).toMatchObject({ cause: "refuted" });
  node.gossip("d", old);
  expect(node.state("b")).toBe("alive");
});
