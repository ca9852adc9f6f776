import { describe, expect, test } from "vitest";
import { ProbeRound } from "../../../src/core/detection/probe-round.ts";
import { names, T } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { besideSilentB } from "../suspicion/silent-subject.ts";

const HELPERS = ["c", "d", "e"];
/** Mean, and the deviations of phi 8: when a member that was never heard again is suspicious. */
const PHI_8_AT = T + 561.2;

function outcomes(node: DrivenNode): string[] {
  return node
    .eventsOf("probe-round-failed")
    .filter(({ event }) => event.member === "b")
    .map(({ event }) => event.outcome);
}

/** Runs up to just after the first round about b began; its sequence number. */
function startRound(node: DrivenNode): number {
  const before = node.sentOf("ping-req").length;
  while (node.sentOf("ping-req").length === before) node.run(1);
  return node.sentOf("ping-req")[before]?.message.body.seq ?? 0;
}

test("a round begins when phi reaches 8: one ping and three ping-reqs", () => {
  const node = besideSilentB();
  const seq = startRound(node);
  const requests = node.sentOf("ping-req");
  expect(requests.map(({ to }) => to.member).sort()).toEqual(HELPERS);
  for (const { at, message } of requests) {
    expect(at).toBeCloseTo(PHI_8_AT, 0);
    expect(message.body).toMatchObject({ target: "b", seq, endpoint: node.peer("b").endpoint });
  }
  expect(node.sentOf("ping", "b").at(-1)?.message.body.seq).toBe(seq);
});

test("helpers are members heard within a period and a half", () => {
  for (let rngSeed = 1; rngSeed <= 12; rngSeed++) {
    const node = new DrivenNode({ knows: ["b", "x", ...HELPERS, "f"], reply: acking, rngSeed });
    node.answer("b");
    node.answer("x");
    startRound(node);
    const forB = node.sentOf("ping-req").filter(({ message }) => message.body.target === "b");
    const helpers = forB.map(({ to }) => to.member);
    expect(helpers).toHaveLength(3);
    for (const helper of helpers) expect([...HELPERS, "f"]).toContain(helper);
  }
});

test("where nobody was heard lately, any members alive are asked to help", () => {
  const node = besideSilentB({ reply: undefined });
  startRound(node);
  expect(node.sentOf("ping-req").slice(0, 3)).toHaveLength(3);
});

describe("a round waits for roundWaitMs", () => {
  test("where no round trip is known", () => {
    const node = besideSilentB();
    startRound(node);
    node.run(T);
    expect(node.eventsOf("probe-round-failed")[0]?.at).toBeCloseTo(PHI_8_AT + 200, 0);
  });

  test.each([1, 400])("where round trips took %i ms", (roundTripMs) => {
    const node = new DrivenNode({
      knows: ["b"],
      reply: (body) => {
        const reply = acking(body);
        return reply && { ...reply, afterMs: roundTripMs };
      },
    });
    node.run(100 * T);
    node.answer("b");
    node.runUntil(() => node.explain("b")?.probe?.round !== null);
    const { now } = node;
    node.run(T);
    expect((node.eventsOf("probe-round-failed")[0]?.at ?? 0) - now).toBeCloseTo(200, -1);
  });
});

test("a node accuses whom neither it nor its helpers reach", () => {
  const node = besideSilentB();
  node.run(2.2 * T);
  expect(outcomes(node)).toEqual(["accused"]);
  expect(node.eventsOf("accused")[0]?.event).toMatchObject({
    member: "b",
    accuser: "self",
    evidence: "silence",
  });
  expect(node.state("b")).toBe("suspect");
});

test("a node whose helpers say nothing tries three times, and accuses as long as it hears others", () => {
  const node = besideSilentB({ reply: acking });
  node.run(4 * T);
  expect(outcomes(node)).toEqual(["repeated", "repeated", "accused"]);
});

test("a node that hears nobody accuses nobody, and tries no round again once it knows that it is isolated", () => {
  const node = besideSilentB({ reply: undefined });
  node.run(20 * T);
  expect(outcomes(node).slice(0, 3)).toEqual(["repeated", "repeated", "withheld"]);
  expect(node.eventsOf("accused")).toEqual([]);
});

test("time in which this node stood still does not count as having heard somebody in the round", () => {
  const node = besideSilentB({ reply: acking });
  node.run(1.5 * T);
  for (const helper of HELPERS) node.answer(helper);
  node.gossip("c");
  startRound(node);
  node.stall(T);
  for (let i = 0; i < 12_000 && outcomes(node).length < 3; i++) node.run(1);
  expect(outcomes(node)).toEqual(["repeated", "repeated", "withheld"]);
});

test("a subject that somebody hears is not accused, and shown as reachable through the helper only", () => {
  const node = besideSilentB({ reply: acking });
  const seq = startRound(node);
  const { startId, incarnation } = node.peer("b");
  node.hear("d", { kind: "relayed-ack", seq, target: "b", startId, incarnation });
  expect(node.eventsOf("reached-through")[0]?.event).toMatchObject({ member: "b", through: "d" });
  node.run(0.9 * T);
  expect(outcomes(node)).toEqual([]);
  expect(node.explain("b")?.reachedThrough).toBe("d");
  expect(node.sentOf("ping-req")).toHaveLength(3);
  node.run(0.2 * T);
  expect(node.sentOf("ping-req").length).toBeGreaterThan(3);
  node.gossip("b");
  expect(node.explain("b")?.reachedThrough).toBeNull();
});

test("a relayed ack of an earlier start, or of a round that is over, proves nothing", () => {
  const node = besideSilentB();
  const seq = startRound(node);
  const { startId, incarnation } = node.peer("b");
  const earlier = "0".repeat(24);
  node.hear("d", { kind: "relayed-ack", seq, target: "b", startId: earlier, incarnation });
  node.hear("d", { kind: "relayed-ack", seq: seq - 1, target: "b", startId, incarnation });
  expect(node.explain("b")?.probe?.round).not.toBeNull();
  expect(node.eventsOf("reached-through")).toEqual([]);
});

test("a relayed ack that was slower than its attempt still counts in the next attempt of the round", () => {
  const node = besideSilentB({ reply: acking });
  const seq = startRound(node);
  node.runUntil(() => outcomes(node).length > 0);
  const { startId, incarnation } = node.peer("b");
  node.hear("d", { kind: "relayed-ack", seq, target: "b", startId, incarnation });
  expect(node.explain("b")?.probe?.round).toBeNull();
});

test("only those that were asked in this round can say no", () => {
  const node = besideSilentB({ reply: acking });
  node.meet(names(4), acking);
  const seq = startRound(node);
  const asked = node.sentOf("ping-req").map(({ to }) => to.member ?? "");
  const stranger = names(4).find((name) => !asked.includes(name)) ?? "";
  node.hear(stranger, { kind: "nack", seq, target: "b", refused: false });
  node.hear(asked[0] ?? "", { kind: "nack", seq: seq - 1, target: "b", refused: false });
  expect(node.explain("b")?.probe?.round?.nacks).toEqual([]);
  node.hear(asked[0] ?? "", { kind: "nack", seq, target: "b", refused: false });
  expect(node.explain("b")?.probe?.round?.nacks).toEqual([asked[0]]);
});

test("a datagram from the subject ends the round", () => {
  const node = besideSilentB();
  startRound(node);
  node.gossip("b");
  node.run(T);
  expect(outcomes(node)).toEqual([]);
});

test("a round that was open in an outage waits once more after it, however long the outage was", () => {
  const round = new ProbeRound(1_000);
  round.begin(1, 200, 1_000);
  round.shift(60_000, 61_000);
  expect(round.deadline).toBe(61_200);
  expect(round.startedAt).toBe(61_000);
});

test("a stall shorter than the wait moves the end of a round by itself", () => {
  const round = new ProbeRound(1_000);
  round.begin(1, 200, 1_000);
  round.shift(80, 1_150);
  expect(round.deadline).toBe(1_280);
});
