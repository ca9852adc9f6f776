import { describe, expect, test } from "vitest";
import type { MessageBody } from "../../../src/core/message.ts";
import { nameMark } from "../../../src/core/primitives/hash.ts";
import { accusation, belief, endpointOf, record, startIdOf, T } from "../builders.ts";
import { DrivenNode } from "../driven-node.ts";
import { bodiesIn } from "../outcome.ts";

const GOSSIP = { kind: "gossip" } as const;
const DIGEST = { high: 0, low: 0 };

/** As long as the first pings to a peer are. */
function ping(target = "self", seq = 3): MessageBody {
  return { kind: "ping", seq, target, digest: DIGEST, padding: 200 };
}

function knowingB(): DrivenNode {
  return new DrivenNode({ knows: ["b"] });
}

function heardAgo(node: DrivenNode): number | null | undefined {
  return node.explain("b")?.lastHeardMs;
}

describe("a ping", () => {
  test("is answered with its number and this node's view digest, to where it came from", () => {
    const node = knowingB();
    const endpoint = endpointOf("behind-nat");
    const effects = node.hear("b", ping(), { endpoint });
    const ack = effects.find(({ kind }) => kind === "send");
    expect(ack).toMatchObject({ to: { endpoint }, message: { body: { kind: "ack", seq: 3 } } });
    const pinged = node.sentOf("ack")[0]?.message.body.digest;
    expect(pinged).not.toEqual(DIGEST);
  });

  test("for another member is answered with not-me", () => {
    const effects = knowingB().hear("b", ping("somebody"));
    expect(bodiesIn(effects, "not-me")).toEqual([{ kind: "not-me", seq: 3, target: "somebody" }]);
    expect(bodiesIn(effects, "ack")).toEqual([]);
  });

  test("of a stranger is answered as well: it may only be new", () => {
    const effects = knowingB().hear("stranger", ping());
    expect(bodiesIn(effects, "ack")).toHaveLength(1);
    expect(bodiesIn(effects, "record-request")).toHaveLength(1);
  });
});

describe("evidence of life", () => {
  test("is any datagram with a newer counter, whatever it says", () => {
    const node = knowingB();
    node.run(T);
    expect(heardAgo(node)).toBe(T);
    node.gossip("b");
    expect(heardAgo(node)).toBe(0);
  });

  test("is no datagram that was counted before: it is answered and proves nothing", () => {
    const node = knowingB();
    node.hear("b", ping(), { header: { counter: 8 } });
    node.run(T);
    const effects = node.hear("b", ping(), { header: { counter: 8 } });
    expect(bodiesIn(effects, "ack")).toHaveLength(1);
    expect(heardAgo(node)).toBe(T);
  });

  test("is no replay: it is answered where the member lives, and nowhere else", () => {
    const node = knowingB();
    const again = { header: { counter: 8 } };
    const elsewhere = { ...again, endpoint: endpointOf("elsewhere") };
    expect(bodiesIn(node.hear("b", ping(), elsewhere), "ack")).toHaveLength(1);
    expect(node.hear("b", ping(), elsewhere)).toEqual([]);
    expect(bodiesIn(node.hear("b", ping(), again), "ack")).toHaveLength(1);
  });

  test("is no datagram that was meant for another member, and the one meant for this one counts still", () => {
    const node = knowingB();
    node.run(T);
    const addressed = (name: string) => ({ header: { counter: 8, addressee: nameMark(name) } });
    const effects = node.hear("b", ping(), addressed("c"));
    expect(bodiesIn(effects, "ack")).toHaveLength(1);
    expect(heardAgo(node)).toBe(T);
    node.hear("b", ping(), addressed("self"));
    expect(heardAgo(node)).toBe(0);
  });

  test("is a late datagram that was overtaken, up to 63 behind", () => {
    const node = knowingB();
    node.hear("b", GOSSIP, { header: { counter: 100 } });
    node.run(T);
    node.hear("b", GOSSIP, { header: { counter: 36 } });
    expect(heardAgo(node)).toBe(T);
    node.hear("b", GOSSIP, { header: { counter: 37 } });
    expect(heardAgo(node)).toBe(0);
  });

  test("comes from the name, wherever the datagram came from", () => {
    const node = knowingB();
    node.run(T);
    node.hear("b", GOSSIP, { endpoint: endpointOf("elsewhere") });
    expect(heardAgo(node)).toBe(0);
    expect(node.explain("b")?.record.endpoint).toEqual(endpointOf("b"));
  });

  test("is no datagram of another start than the one that is held", () => {
    const node = knowingB();
    node.run(T);
    node.become(record("b", { startId: startIdOf("b", 2), incarnation: 2 }));
    node.gossip("b");
    expect(heardAgo(node)).toBe(T);
  });

  test("begins with the datagram that brings the record", () => {
    const node = new DrivenNode();
    node.gossip("b", belief(record("b")));
    expect(heardAgo(node)).toBe(0);
  });

  test("is no word about a member by somebody else", () => {
    const node = knowingB();
    node.meet(["c"]);
    node.run(T);
    node.gossip("c", belief(record("b")));
    expect(heardAgo(node)).toBe(T);
  });
});

test("a node's own datagram that comes back to it changes nothing", () => {
  const node = knowingB();
  node.become(node.self);
  expect(node.hear("self", ping())).toEqual([]);
});

test("a member that reports from a restart is taken with its new record, and heard", () => {
  const node = knowingB();
  const restarted = record("b", { startId: startIdOf("b", 2), incarnation: 2 });
  node.run(T);
  node.become(restarted);
  const asked = node.hear("b", ping());
  expect(bodiesIn(asked, "record-request", "b")).toHaveLength(1);
  node.gossip("b", belief(restarted));
  expect(node.explain("b")).toMatchObject({ record: restarted, state: "alive", lastHeardMs: 0 });
});

describe("a header above the record that is held", () => {
  test("clears what was said against the older incarnation, and the record is asked for", () => {
    const node = knowingB();
    node.meet(["c"]);
    node.gossip("c", accusation(node.peer("b"), "c"));
    expect(node.explain("b")?.accusers).toEqual(["c"]);
    const from = node.now;
    node.hear("b", GOSSIP, { header: { incarnation: 2 } });
    expect(node.explain("b")).toMatchObject({ state: "suspect", accusers: [] });
    expect(node.sentOf("record-request", "b", from)).toHaveLength(1);
  });

  test("of a restarted process clears it, too: the accusation was about the one before", () => {
    const node = knowingB();
    node.meet(["c"]);
    node.gossip("c", accusation(node.peer("b"), "c"));
    node.hear("b", GOSSIP, { header: { incarnation: 2, startId: "e".repeat(24), counter: 1 } });
    expect(node.explain("b")).toMatchObject({ state: "suspect", accusers: [] });
  });

  test("is not answered with the old accusation: it may be the refutation", () => {
    const node = knowingB();
    node.meet(["c"]);
    node.gossip("c", accusation(node.peer("b"), "c"));
    const refuted = { ...node.peer("b"), incarnation: 2 };
    const effects = node.hear("b", GOSSIP, {
      header: { incarnation: 2 },
      updates: [belief(refuted)],
    });
    expect(node.state("b")).toBe("alive");
    expect(bodiesIn(effects, "gossip")).toEqual([]);
  });
});
