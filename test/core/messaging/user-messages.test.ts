import { describe, expect, test } from "vitest";
import type { UserEventMessage, UserMessage } from "../../../src/core/user-message.ts";
import { belief, CONFIG, names, record, startIdOf, T } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { eventsIn } from "../outcome.ts";
import { settled } from "./settled.ts";

const GOSSIP = { kind: "gossip" } as const;
/** So long a notice is held and taken new. */
const HELD_MS = 20 * T;

function eventOf(
  origin: string,
  seq: number,
  changes: Partial<UserEventMessage> = {},
): UserMessage {
  const startId = startIdOf(origin);
  const said = { name: "deploy", payload: `${seq}`, ageMs: 0 };
  return { kind: "user-event", origin, startId, seq, ...said, ...changes };
}

function hearFrom(node: DrivenNode, from: string, ...messages: UserMessage[]) {
  return node.hear(from, GOSSIP, { news: { messages, held: [] } });
}

function toldOf(node: DrivenNode): string[] {
  return node.eventsOf("user-event").map(({ event }) => `${event.origin} ${event.seq}`);
}

test("a forged number far ahead silences nobody: what the member gives out goes on", () => {
  const node = settled();
  for (const seq of [1, 2, 4_000_000_000, 3, 3_000_000_000, 4, 4_000_000_000, 5]) {
    hearFrom(node, "b", eventOf("c", seq));
  }
  expect(toldOf(node).filter((told) => told.length < 5)).toEqual([
    "c 1",
    "c 2",
    "c 3",
    "c 4",
    "c 5",
  ]);
});

test("who missed thousands is told what comes after them, each once", () => {
  const node = settled();
  for (const seq of [1, 2, 9000, 9001, 9000, 9002]) hearFrom(node, "b", eventOf("c", seq));
  expect(toldOf(node)).toEqual(["c 1", "c 2", "c 9000", "c 9001", "c 9002"]);
});

test("more notices at once than a node holds are told as lost", () => {
  const node = settled();
  for (let seq = 1; seq <= 256; seq++) hearFrom(node, "b", eventOf("c", seq));
  expect(node.eventsOf("notices-dropped")).toEqual([]);
  for (let seq = 257; seq <= 260; seq++) hearFrom(node, "b", eventOf("c", seq));
  const dropped = node.eventsOf("notices-dropped").map(({ event }) => event.dropped);
  expect(dropped).toEqual([1, 2, 4]);
});

describe("a user event is told once", () => {
  test("to the node that gives it out, at once", () => {
    const node = settled();
    const effects = node.step({ kind: "send-user-event", name: "deploy", payload: "v2" });
    expect(eventsIn(effects, "user-event")).toEqual([
      {
        kind: "user-event",
        origin: "self",
        startId: node.self.startId,
        seq: 1,
        name: "deploy",
        payload: "v2",
      },
    ]);
  });

  test("however many ways and however often it comes", () => {
    const node = settled();
    for (const from of ["b", "c", "b"]) hearFrom(node, from, eventOf("c", 1));
    node.run(2 * HELD_MS);
    hearFrom(node, "b", eventOf("c", 1));
    expect(toldOf(node)).toEqual(["c 1"]);
  });

  test("in whatever order they come", () => {
    const node = settled();
    for (const seq of [3, 1, 2, 1, 3, 4]) hearFrom(node, "b", eventOf("c", seq));
    expect(toldOf(node)).toEqual(["c 3", "c 1", "c 2", "c 4"]);
  });

  test("and not when it is 256 behind the newest of its origin", () => {
    const node = settled();
    for (const seq of [300, 45, 44]) hearFrom(node, "b", eventOf("c", seq));
    expect(toldOf(node)).toEqual(["c 300", "c 45"]);
  });

  test("and not when it comes back to its origin", () => {
    const node = settled();
    node.step({ kind: "send-user-event", name: "deploy", payload: "" });
    hearFrom(node, "b", eventOf("self", 1));
    expect(toldOf(node)).toEqual(["self 1"]);
  });
});

describe("what a node is not told of", () => {
  test("a notice given out before it started: it passes that on", () => {
    const node = new DrivenNode({ knows: ["b", "c"], reply: acking });
    node.run(T);
    hearFrom(node, "b", eventOf("c", 1, { ageMs: T + 1 }), eventOf("c", 2, { ageMs: T }));
    expect(toldOf(node)).toEqual(["c 2"]);
    expect(node.snapshot.queues.noticesOwed).toBe(2);
  });

  test("a notice of its own that was given out before it restarted", () => {
    const node = settled();
    hearFrom(node, "b", eventOf("self", 1, { startId: startIdOf("self", 0) }));
    expect(toldOf(node)).toEqual([]);
  });

  test("a notice of a member that it does not know, until it does", () => {
    const node = settled();
    hearFrom(node, "b", eventOf("stranger", 1));
    expect(toldOf(node)).toEqual([]);
    node.gossip("b", belief(record("stranger")));
    hearFrom(node, "b", eventOf("stranger", 1));
    expect(toldOf(node)).toEqual(["stranger 1"]);
  });

  test("a notice that comes later than anybody still holds it", () => {
    const node = settled();
    hearFrom(node, "b", eventOf("c", 1, { ageMs: HELD_MS }));
    hearFrom(node, "b", eventOf("c", 2, { ageMs: HELD_MS - 1 }));
    expect(toldOf(node)).toEqual(["c 2"]);
  });

  test("what a replayed datagram brings", () => {
    const node = settled();
    const news = { messages: [eventOf("c", 1)], held: [] };
    node.hear("b", GOSSIP, { news, header: { counter: 1 } });
    expect(toldOf(node)).toEqual([]);
  });

  test("a query whose deadline has passed", () => {
    const node = settled();
    const query = { ...eventOf("c", 1, { ageMs: 400 }), kind: "query", timeoutMs: 400 } as const;
    hearFrom(node, "b", query);
    expect(node.eventsOf("query")).toEqual([]);
    hearFrom(node, "b", { ...query, seq: 2, ageMs: 399 });
    expect(node.eventsOf("query")).toMatchObject([{ event: { seq: 2, leftMs: 1 } }]);
  });
});

describe("a notice is passed on", () => {
  test("with its age, by everybody who learns it, as often as an update", () => {
    const node = settled();
    hearFrom(node, "b", eventOf("c", 1, { ageMs: 100 }));
    const from = node.now;
    node.run(2 * HELD_MS);
    const rides = node.sent.filter(
      ({ at, message }) => at >= from && message.news?.messages.length,
    );
    expect(rides).toHaveLength(CONFIG.sendsPerLog);
    for (const { at, message } of rides) {
      expect(message.news?.messages).toMatchObject([{ seq: 1, ageMs: at - from + 100 }]);
    }
  });

  test("behind the updates, which it takes no room from", () => {
    const node = new DrivenNode({ knows: names(4), reply: acking });
    node.run(30 * T);
    const updates = names(40).map((name) => belief(record(name, { incarnation: 2 })));
    const room = Math.floor((CONFIG.datagramBytesMax - 100) / 50);
    node.step({ kind: "send-user-event", name: "deploy", payload: "" });
    node.gossip("m01", ...updates);
    const from = node.now;
    node.run(T);
    const first = node
      .sentOf("gossip", undefined, from)
      .find(({ message }) => message.updates.length > 1);
    expect(first?.message.updates).toHaveLength(room);
    expect(first?.message.news).toBeUndefined();
    const later = node.sent.filter(({ at, message }) => at > from && message.news !== undefined);
    expect(later.length).toBeGreaterThan(0);
  });

  test("and costs nothing once it is no longer held", () => {
    const node = settled();
    node.step({ kind: "send-user-event", name: "deploy", payload: "" });
    node.run(HELD_MS);
    const from = node.now;
    node.run(10 * T);
    const late = node.sent.filter(({ at, message }) => at > from && message.news !== undefined);
    expect(late).toEqual([]);
  });

  test("up to 256 of them; beyond, the oldest is given up", () => {
    const node = settled();
    for (let seq = 1; seq <= 300; seq++) hearFrom(node, "b", eventOf("c", seq));
    expect(node.snapshot.queues.noticesOwed).toBeLessThanOrEqual(256);
    expect(toldOf(node)).toHaveLength(300);
  });
});

describe("what gossip did not bring, an ack brings", () => {
  const digest = { high: 0, low: 0 };
  const ping = { kind: "ping", seq: 1, target: "self", digest } as const;

  /** A node whose messages have no rides left. */
  function rested(): DrivenNode {
    const node = settled();
    hearFrom(node, "b", eventOf("c", 1), eventOf("c", 2));
    node.run(8 * T);
    expect(node.snapshot.queues.noticesOwed).toBe(0);
    return node;
  }

  function ackTo(node: DrivenNode, held?: readonly number[]) {
    const news = held === undefined ? {} : { news: { messages: [], held } };
    const effects = node.hear("b", ping, news);
    const ack = effects.find((effect) => effect.kind === "send");
    return ack?.kind === "send" ? ack.message.news?.messages.map(({ seq }) => seq) : undefined;
  }

  test("to a ping that lists none", () => {
    expect(ackTo(rested())).toEqual([1, 2]);
    expect(ackTo(rested(), [])).toEqual([1, 2]);
  });

  test("and only what the ping does not list", () => {
    const node = rested();
    const from = node.now;
    node.run(T);
    const [own] = node.sentOf("ping", "b", from);
    const held = own?.message.news?.held ?? [];
    expect(held).toHaveLength(2);
    expect(ackTo(node, held)).toBeUndefined();
    expect(ackTo(node, held.slice(0, 1))).toEqual([2]);
  });
});
