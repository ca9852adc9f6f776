import { describe, expect, test } from "vitest";
import { PROFILES } from "../../../src/core/config.ts";
import type { Effect, NodeEvent } from "../../../src/core/effect.ts";
import type { MemberState } from "../../../src/core/member.ts";
import type { NodeSnapshot } from "../../../src/core/snapshot.ts";
import { Checks } from "../../../src/sim/checkers/checks.ts";
import type { Disturbance } from "../../../src/sim/checkers/world.ts";
import { header, record } from "../../core/builders.ts";

const LAN = PROFILES.lan;
const FIRST = 10;

/** Three processes that run, and what their nodes are made to tell. */
class Story {
  readonly checks = new Checks({ config: LAN, members: 3 });
  nowMs = 0;

  constructor() {
    for (const name of ["a", "b", "c"]) this.start(name);
    for (const viewer of ["a", "b", "c"]) {
      for (const member of ["a", "b", "c"]) this.changes(viewer, member, null, "alive");
    }
  }

  start(name: string, incarnation = FIRST): void {
    this.checks.started(name, record(name, { incarnation }), this.nowMs);
  }

  end(name: string): void {
    this.checks.ended(name, this.nowMs);
  }

  disturb(disturbance: Partial<Disturbance> & Pick<Disturbance, "untilMs">): void {
    const nobody = () => false;
    this.checks.world.disturb({ fromMs: 0, concerns: nobody, hampers: nobody, ...disturbance });
  }

  tell(viewer: string, event: NodeEvent): void {
    this.checks.stepped(viewer, { kind: "leave" }, [{ kind: "event", event }], this.nowMs);
  }

  sends(node: string, effects: readonly Effect[]): void {
    this.checks.stepped(node, { kind: "leave" }, effects, this.nowMs);
  }

  changes(
    viewer: string,
    member: string,
    from: MemberState | null,
    to: MemberState,
    { by = member, incarnation = FIRST } = {},
  ): void {
    const change = { kind: "member-changed", member, from, to, incarnation, by } as const;
    this.tell(viewer, { ...change, cause: "reported", reason: "told", phi: null });
  }

  inspect(viewer: string, changes: Partial<NodeSnapshot>): void {
    const queues = { updatesOwed: 0, suspicions: 0, relays: 0, noticesOwed: 0 };
    const snapshot = {
      self: record(viewer),
      phase: "running",
      profile: "lan",
      viewDigest: "",
      isolated: false,
      notYet: null,
      localHealth: 0,
      phiSuspect: 8,
      stalls: { count: 0, totalMs: 0, lastMs: 0 },
      queues,
      members: [],
    } as const;
    this.checks.inspected(viewer, { ...snapshot, ...changes }, this.nowMs);
  }

  get broken(): string | undefined {
    return this.checks.broken?.rule;
  }
}

const member = (name: string, state: MemberState, phi: number | null = null) => ({
  record: record(name),
  state,
  stateForMs: 0,
  observed: true,
  phi,
  lastHeardMs: 0,
  rttMs: null,
  reachedThrough: null,
  accusers: [],
  silence: null,
  slowness: null,
  refused: false,
});

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

  test("nobody has left that did not say so", () => {
    const story = new Story();
    story.changes("a", "b", "alive", "left");
    expect(story.broken).toBe("every state comes from a rule");
  });
});

describe("no healthy member is dead in a healthy view", () => {
  const RULE = "no healthy member is dead in a healthy view";
  function declared(disturbance?: Partial<Disturbance>): Story {
    const story = new Story();
    if (disturbance !== undefined) story.disturb({ untilMs: 19_000, ...disturbance });
    story.nowMs = 20_000;
    story.changes("a", "b", "alive", "dead", { by: "a" });
    return story;
  }

  test("where nothing had happened", () => {
    const story = declared();
    expect(story.broken).toBe(RULE);
    expect(story.checks.falseDeaths.count).toBe(1);
  });

  test("unless a newcomer takes over what others hold, before it calls its view whole", () => {
    const newcomer = (from: MemberState | null, isWhole: boolean): string | undefined => {
      const story = new Story();
      story.end("a");
      story.start("a", 11);
      story.disturb({ untilMs: 20_000, concerns: (judge) => judge === "c" });
      story.nowMs = 20_000;
      story.changes("c", "b", "alive", "dead", { by: "c" });
      if (isWhole) story.inspect("a", { notYet: null });
      else story.inspect("a", { notYet: "joining" });
      story.changes("a", "b", from, "dead", { by: "c" });
      return story.broken;
    };
    expect(newcomer(null, false)).toBeUndefined();
    expect(newcomer(null, true)).toBe(RULE);
    expect(newcomer("alive", false)).toBe(RULE);
  });

  test("by a judge that was disturbed about another one only", () => {
    const concerns = (_: string, subject: string) => subject === "c";
    expect(declared({ concerns }).broken).toBe(RULE);
  });

  test("unless something had stood between the two: then it is counted alone", () => {
    const concerns = (judge: string, subject: string) => judge === "a" && subject === "b";
    const story = declared({ concerns });
    expect(story.broken).toBeUndefined();
    expect(story.checks.falseDeaths.count).toBe(1);
  });

  test("on the word of another node either, which is not counted again", () => {
    const story = new Story();
    const concerns = (judge: string) => judge === "c";
    story.disturb({ untilMs: 19_000, concerns });
    story.nowMs = 20_000;
    story.changes("c", "b", "alive", "dead", { by: "c" });
    expect(story.broken).toBeUndefined();
    story.changes("a", "b", "alive", "dead", { by: "c" });
    expect(story.broken).toBe(RULE);
    expect(story.checks.falseDeaths.count).toBe(1);
  });

  test("although news may reach the viewer late", () => {
    expect(declared({ hampers: () => true }).broken).toBe(RULE);
  });

  test("unless the judge stood still most of the time since", () => {
    const story = new Story();
    story.disturb({ untilMs: 1_000, concerns: () => true });
    story.checks.world.stall("a", 500, 19_000);
    story.nowMs = 20_000;
    story.changes("a", "b", "alive", "dead", { by: "a" });
    expect(story.broken).toBeUndefined();
  });

  test("but not long after that", () => {
    const story = new Story();
    story.disturb({ untilMs: 1_000, concerns: () => true });
    story.nowMs = 20_000;
    story.changes("a", "b", "alive", "dead", { by: "a" });
    expect(story.broken).toBe(RULE);
  });
});

describe("every crash is known everywhere within its bound", () => {
  const BOUND_MS = 8 * LAN.probeIntervalMs + 2 * LAN.graceMs;

  function crashed(): Story {
    const story = new Story();
    story.nowMs = 1_000;
    story.end("b");
    return story;
  }

  test("and not one look later", () => {
    const story = crashed();
    story.nowMs += BOUND_MS - 1;
    story.inspect("a", { members: [member("b", "suspect")] });
    expect(story.broken).toBeUndefined();
    story.nowMs += 1;
    story.inspect("a", { members: [member("b", "suspect")] });
    expect(story.broken).toBe("every crash is known everywhere within its bound");
  });

  test("unless the node knows that it is isolated, or was kept from the news, or the member is back", () => {
    const story = crashed();
    story.nowMs += BOUND_MS;
    story.inspect("a", { isolated: true, members: [member("b", "alive")] });
    const hampers = (viewer: string) => viewer === "a";
    story.disturb({ untilMs: 2_000, hampers });
    story.inspect("a", { members: [member("b", "alive")] });
    story.nowMs += BOUND_MS;
    story.start("b", 11);
    story.inspect("a", { members: [member("b", "alive")] });
    expect(story.broken).toBeUndefined();
  });
});

describe("the time of an isolation does not count for a crash to be known", () => {
  const BOUND_MS = 8 * LAN.probeIntervalMs + 2 * LAN.graceMs;
  const stillAlive = { members: [member("b", "alive")] };

  function isolate(story: Story, forMs: number): void {
    story.tell("a", { kind: "isolated-changed", isolated: true, silentMs: 0 });
    story.nowMs += forMs;
    story.tell("a", { kind: "isolated-changed", isolated: false, silentMs: forMs });
  }

  test("once, and the bound is what it was beside it", () => {
    const story = new Story();
    story.end("b");
    isolate(story, 30_000);
    story.nowMs += BOUND_MS - 1;
    story.inspect("a", stillAlive);
    expect(story.broken).toBeUndefined();
    story.nowMs += 1;
    story.inspect("a", stillAlive);
    expect(story.broken).toBe("every crash is known everywhere within its bound");
  });

  test("and the time between two of them does: a node that flaps is not excused for good", () => {
    const story = new Story();
    story.end("b");
    for (let i = 0; i < 20; i++) {
      isolate(story, 2_000);
      story.nowMs += 1_000;
    }
    story.inspect("a", stillAlive);
    expect(story.broken).toBe("every crash is known everywhere within its bound");
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
