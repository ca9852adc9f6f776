import { describe, expect, test } from "vitest";
import type { UserMessage } from "../../../src/core/user-message.ts";
import { CONFIG, startIdOf, T, verdict } from "../builders.ts";
import type { DrivenNode } from "../driven-node.ts";
import { bodiesIn, eventsIn } from "../outcome.ts";
import { settled } from "./settled.ts";

const GOSSIP = { kind: "gossip" } as const;
const TIMEOUT_MS = 5 * T;

describe("a node that asks", () => {
  const asked = {
    kind: "send-query",
    ticket: 7,
    name: "load",
    payload: "",
    timeoutMs: TIMEOUT_MS,
  } as const;

  function asking(): { node: DrivenNode; startId: string } {
    const node = settled();
    const effects = node.step(asked);
    expect(eventsIn(effects, "query")).toMatchObject([{ origin: "self", seq: 1, name: "load" }]);
    return { node, startId: node.self.startId };
  }

  test("is told each answer once, and thanks for each copy", () => {
    const { node, startId } = asking();
    const body = { kind: "answer", seq: 1, startId, answer: "0.4" } as const;
    const copies = [node.hear("b", body), node.hear("b", body)];
    for (const effects of copies) expect(bodiesIn(effects, "answer-ack", "b")).toHaveLength(1);
    const told = copies.flatMap((effects) => eventsIn(effects, "query-answered"));
    expect(told).toEqual([{ kind: "query-answered", ticket: 7, member: "b", answer: "0.4" }]);
  });

  test("is done as soon as everybody has spoken, itself included", () => {
    const { node, startId } = asking();
    node.hear("b", { kind: "answer", seq: 1, startId, answer: "0.4" });
    node.hear("c", { kind: "answer", seq: 1, startId, answer: null });
    expect(node.eventsOf("query-ended")).toEqual([]);
    const query = { origin: "self", startId, seq: 1 };
    node.step({ kind: "answer", query, answer: "0.1" });
    expect(node.eventsOf("query-ended")).toMatchObject([{ event: { ticket: 7, silent: [] } }]);
  });

  test("does not wait for a member that is gone", () => {
    const { node, startId } = asking();
    node.step({ kind: "answer", query: { origin: "self", startId, seq: 1 }, answer: null });
    node.hear("b", { kind: "answer", seq: 1, startId, answer: null });
    node.gossip("b", verdict(node.peer("c"), "left", "c"));
    expect(node.eventsOf("query-ended")).toMatchObject([{ event: { silent: [] } }]);
  });

  test("ends at the deadline, and says who was silent", () => {
    const { node, startId } = asking();
    node.hear("b", { kind: "answer", seq: 1, startId, answer: "0.4" });
    const from = node.now;
    node.run(2 * TIMEOUT_MS);
    expect(node.eventsOf("query-ended")).toMatchObject([
      { at: from + TIMEOUT_MS, event: { ticket: 7, silent: ["c", "self"] } },
    ]);
  });

  test("takes no answer to a query of an earlier run of itself", () => {
    const { node } = asking();
    const startId = startIdOf("self", 0);
    node.hear("b", { kind: "answer", seq: 1, startId, answer: "0.4" });
    expect(node.eventsOf("query-answered")).toEqual([]);
  });
});

describe("a node that answers", () => {
  const query: UserMessage = {
    kind: "query",
    origin: "c",
    startId: startIdOf("c"),
    seq: 3,
    ageMs: 0,
    name: "load",
    payload: "?",
    timeoutMs: TIMEOUT_MS,
  };
  const answer = { kind: "answer", query, answer: "0.2" } as const;

  function asked(): DrivenNode {
    const node = settled();
    node.hear("b", GOSSIP, { news: { messages: [query], held: [] } });
    expect(node.eventsOf("query")).toMatchObject([
      { event: { origin: "c", seq: 3, payload: "?" } },
    ]);
    return node;
  }

  test("sends its answer straight to the origin, whoever brought the query", () => {
    const effects = asked().step(answer);
    const { startId } = query;
    expect(bodiesIn(effects, "answer", "c")).toMatchObject([{ seq: 3, startId, answer: "0.2" }]);
  });

  test("sends it five times unless it is acknowledged", () => {
    const node = asked();
    node.step(answer);
    node.run(20 * CONFIG.roundWaitMs);
    expect(node.sentOf("answer", "c")).toHaveLength(5);
  });

  test("is content with one acknowledgement, of that member and that query", () => {
    const node = asked();
    node.step(answer);
    node.hear("b", { kind: "answer-ack", seq: 3 });
    node.hear("c", { kind: "answer-ack", seq: 2 });
    node.run(CONFIG.roundWaitMs);
    expect(node.sentOf("answer", "c")).toHaveLength(2);
    node.hear("c", { kind: "answer-ack", seq: 3 });
    node.run(20 * CONFIG.roundWaitMs);
    expect(node.sentOf("answer", "c")).toHaveLength(2);
  });
});
