import { describe, expect, test } from "vitest";
import type { MemberState } from "../../../src/core/member.ts";
import type { Disturbance } from "../../../src/sim/checkers/world.ts";
import { LAN, member, Story } from "./story.ts";

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

  test("counted for a node that heard of the member later from when it did", () => {
    const story = crashed();
    story.end("a");
    story.start("a", 11);
    story.nowMs += 10_000;
    story.changes("a", "b", null, "alive");
    story.nowMs += BOUND_MS - 1;
    story.inspect("a", { members: [member("b", "alive")] });
    expect(story.broken).toBeUndefined();
    story.nowMs += 1;
    story.inspect("a", { members: [member("b", "alive")] });
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
