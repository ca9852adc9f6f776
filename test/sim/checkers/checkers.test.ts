import { describe, expect, test } from "vitest";
import type { Effect } from "../../../src/core/effect.ts";
import { hash64 } from "../../../src/core/primitives/hash.ts";
import { header, record } from "../../core/builders.ts";
import { FIRST, LAN, member, Story } from "./story.ts";

const UNGROUNDED = "every state comes from a rule";

/** Gossip with a list of that death alone. */
function listOf(name: string): Effect {
  const deaths = [{ nameHigh: hash64(name).high, incarnation: FIRST }];
  const updates = [{ kind: "deaths", cause: "crash", deaths } as const];
  const message = { header: header(record("c"), 1), body: { kind: "gossip" }, updates } as const;
  return { kind: "send", to: { endpoint: record("a").endpoint }, message };
}

test("a story in which nothing happens breaks no rule", () => {
  expect(new Story().broken).toBeUndefined();
});

describe("views never go back", () => {
  test("to a lower incarnation", () => {
    const story = new Story();
    story.tell("b", { kind: "member-updated", member: "b", incarnation: 12 });
    story.tell("a", { kind: "member-updated", member: "b", incarnation: 12 });
    expect(story.broken).toBeUndefined();
    story.tell("a", { kind: "member-updated", member: "b", incarnation: FIRST });
    expect(story.broken).toBe("views never go back");
  });

  test("from dead to alive at one incarnation", () => {
    const story = new Story();
    story.end("b");
    story.changes("a", "b", "alive", "dead", { by: "a" });
    story.changes("a", "b", "dead", "alive");
    expect(story.broken).toBe("views never go back");
  });

  test("but a process that starts again begins with an empty view", () => {
    const story = new Story();
    story.end("b");
    story.changes("a", "b", "alive", "dead", { by: "a" });
    story.end("a");
    story.start("a", 11);
    story.changes("a", "b", null, "alive");
    expect(story.broken).toBeUndefined();
  });
});

describe("traffic of a node is bounded", () => {
  const send = (kind: "gossip" | "nack", times: number): Effect[] => {
    const body =
      kind === "gossip"
        ? ({ kind } as const)
        : ({ kind, seq: 1, target: "b", refused: false } as const);
    const message = { header: header(record("a"), 1), body, updates: [] };
    const to = { endpoint: record("b").endpoint };
    return Array.from({ length: times }, () => ({ kind: "send", to, message }));
  };
  const MOST = 24 * 3 + 24;

  test("by what it sends of its own accord in a period, in whatever state it is", () => {
    const story = new Story();
    story.sends("a", send("gossip", MOST));
    story.nowMs += LAN.probeIntervalMs;
    story.sends("a", send("gossip", MOST));
    story.sends("b", send("gossip", MOST));
    expect(story.broken).toBeUndefined();
    story.sends("a", send("gossip", 1));
    expect(story.broken).toBe("traffic of a node is bounded");
  });

  test("while answers are as many as the questions", () => {
    const story = new Story();
    story.sends("a", send("nack", 10 * MOST));
    expect(story.broken).toBeUndefined();
  });
});

test("only the owner raises its incarnation", () => {
  const story = new Story();
  story.changes("a", "b", "alive", "alive", { incarnation: 11 });
  expect(story.broken).toBe("only the owner raises its incarnation");
});

describe("every state comes from a rule", () => {
  test("nobody is suspect on the word of one that never accused it", () => {
    const story = new Story();
    story.changes("a", "b", "alive", "suspect", { by: "c" });
    expect(story.broken).toBe("every state comes from a rule");
  });

  test("an accusation grounds the suspicion that it brings", () => {
    const story = new Story();
    const accused = { kind: "accused", member: "b", accuser: "c", evidence: "silence" } as const;
    story.tell("c", { ...accused, incarnation: FIRST, phi: 9 });
    story.changes("a", "b", "alive", "suspect", { by: "c" });
    expect(story.broken).toBeUndefined();
  });

  test("an accusation of an older incarnation does not", () => {
    const story = new Story();
    const accused = { kind: "accused", member: "b", accuser: "c", evidence: "silence" } as const;
    story.tell("c", { ...accused, incarnation: FIRST, phi: 9 });
    story.tell("b", { kind: "member-updated", member: "b", incarnation: 11 });
    story.changes("a", "b", "alive", "suspect", { by: "c", incarnation: 11 });
    expect(story.broken).toBe("every state comes from a rule");
  });

  test("nobody is dead on the word of one that never declared it", () => {
    const story = new Story();
    story.end("b");
    story.changes("a", "b", "alive", "dead", { by: "c" });
    expect(story.broken).toBe("every state comes from a rule");
  });

  test.each([
    { what: "what it believed itself", believes: true, mark: "b", broken: undefined },
    { what: "what it did not believe", believes: false, mark: "b", broken: UNGROUNDED },
    { what: "another death", believes: true, mark: "d", broken: UNGROUNDED },
  ])("who sends a list of deaths is named for $what: $broken", ({ believes, mark, broken }) => {
    const story = new Story();
    story.end("b");
    story.checks.buried(record("b", { incarnation: FIRST }), "dead", "judge");
    if (believes) story.changes("c", "b", "alive", "dead", { by: "judge" });
    story.sends("c", [listOf(mark)]);
    story.changes("a", "b", "alive", "dead", { by: "c" });
    expect(story.broken).toBe(broken);
  });

  test("nobody has left that did not say so", () => {
    const story = new Story();
    story.changes("a", "b", "alive", "left");
    expect(story.broken).toBe("every state comes from a rule");
  });
});

describe("queues and tables are bounded", () => {
  test.each([
    ["members", { members: ["a", "b", "c", "d"].map((name) => member(name, "alive")) }],
    ["updates owed", { queues: { updatesOwed: 13, suspicions: 0, relays: 0, noticesOwed: 0 } }],
    ["suspicions", { queues: { updatesOwed: 0, suspicions: 4, relays: 0, noticesOwed: 0 } }],
    ["notices owed", { queues: { updatesOwed: 0, suspicions: 0, relays: 0, noticesOwed: 257 } }],
    ["relays", { queues: { updatesOwed: 0, suspicions: 0, relays: 1025, noticesOwed: 0 } }],
  ])("%s", (_, changes) => {
    const story = new Story();
    story.inspect("a", changes);
    expect(story.broken).toBe("queues and tables are bounded");
  });

  test("phi is finite", () => {
    const story = new Story();
    story.inspect("a", { members: [member("b", "alive", Number.POSITIVE_INFINITY)] });
    expect(story.broken).toBe("phi is finite");
  });
});

describe("nobody is told twice", () => {
  const said = { origin: "b", startId: "01", seq: 1, name: "word", payload: "" };
  const word = { kind: "user-event", ...said } as const;

  test("of one event", () => {
    const story = new Story();
    for (const viewer of ["a", "b", "a"]) story.tell(viewer, word);
    expect(story.broken).toBe("nobody is told twice");
  });

  test("but of others, and when it runs anew", () => {
    const story = new Story();
    story.tell("a", word);
    story.tell("a", { ...word, seq: 2 });
    story.end("a");
    story.start("a", FIRST + 1);
    story.tell("a", word);
    expect(story.broken).toBeUndefined();
  });
});

test("one owner is not taken for two", () => {
  const story = new Story();
  const endpoint = { host: "10.0.0.9", port: 7946 };
  const conflict = { mine: endpoint, other: endpoint, otherStartId: "", mustYield: false };
  story.tell("a", { kind: "name-conflict", ...conflict });
  expect(story.broken).toBe("one owner is not taken for two");
});

test("the first broken rule stands", () => {
  const story = new Story();
  story.changes("a", "b", "alive", "left");
  story.tell("a", { kind: "member-updated", member: "b", incarnation: 3 });
  expect(story.broken).toBe("every state comes from a rule");
});

test("what was said of a member before the run grounds what is believed of it", () => {
  const story = new Story();
  story.checks.buried(record("gone", { incarnation: 3 }), "dead", "a");
  story.changes("b", "gone", null, "dead", { by: "a", incarnation: 3 });
  expect(story.broken).toBeUndefined();
  story.changes("c", "gone", null, "dead", { by: "b", incarnation: 3 });
  expect(story.broken).toBe("every state comes from a rule");
});

test("a node that wakes itself for ever at one moment is stopped", () => {
  const story = new Story();
  const stepOnAndOn = () => {
    for (let i = 0; i < 100_000; i++) story.checks.stepped("a", { kind: "leave" }, [], 5);
  };
  expect(stepOnAndOn).toThrow("time stands still");
  expect(story.broken).toBe("time goes on");
});
