import { describe, expect, test } from "vitest";
import type { PoolReader } from "../../../src/pool/core/pool-reader.ts";
import { DrivenWatch, record, T } from "./driven-watch.ts";

/** An engine that says who leaves by the bytes of the name. */
const text = (bytes: Uint8Array): string[] =>
  bytes.length === 0 ? [] : [new TextDecoder().decode(bytes)];
const WITH_GOODBYES: PoolReader = {
  advertised: () => ({ tags: {}, services: [] }),
  leaving: { inMessage: text, inUserState: text },
};
const bytes = (name: string): Uint8Array => new TextEncoder().encode(name);

describe("a member says that it is dead itself", () => {
  const ownDeath = { kind: "dead", member: "m2", incarnation: 1, by: "m2" } as const;

  test("to memberlist that is a goodbye", () => {
    const driven = DrivenWatch.of(["m1", "m2"]);
    driven.hear(ownDeath);
    expect(driven.state("m2")).toBe("left");
  });

  test("where the engine has its own goodbye, that one decides: heard before", () => {
    const driven = DrivenWatch.of(["m1", "m2"], { reader: WITH_GOODBYES });
    driven.hear({ kind: "user", bytes: bytes("m2") });
    expect(driven.state("m2")).toBe("alive");
    driven.hear(ownDeath);
    expect(driven.state("m2")).toBe("left");
  });

  test("where it was not heard, a view is asked for at once, and may tell", () => {
    const driven = DrivenWatch.of(["m1", "m2"], { reader: WITH_GOODBYES });
    driven.run(T / 2, ["m1", "m2"]);
    driven.hear(ownDeath);
    expect(driven.state("m2")).toBe("alive");
    const before = driven.effects.length;
    driven.run(1, ["m1"]);
    expect(driven.effects.slice(before)).toContainEqual(
      expect.objectContaining({ kind: "push-pull" }),
    );
    const over = { record: record("m2"), state: "left" } as const;
    driven.pulled("m1", ["m1", over], bytes("m2"));
    expect(driven.state("m2")).toBe("left");
    expect(driven.eventsOf("member-changed").filter(({ to }) => to === "dead")).toEqual([]);
  });

  test("without any such word it has failed, after a period", () => {
    const driven = DrivenWatch.of(["m1", "m2"], { reader: WITH_GOODBYES });
    driven.hear(ownDeath);
    driven.run(2 * T, ["m1"]);
    expect(driven.state("m2")).toBe("dead");
  });

  test("a goodbye that comes after the death turns it into a leave", () => {
    const driven = DrivenWatch.of(["m1", "m2"], { reader: WITH_GOODBYES });
    driven.hear({ kind: "dead", member: "m2", incarnation: 1, by: "m1" });
    expect(driven.state("m2")).toBe("dead");
    driven.hear({ kind: "user", bytes: bytes("m2") });
    expect(driven.state("m2")).toBe("left");
  });
});

describe("a death", () => {
  test("by gossip names who declared it", () => {
    const driven = DrivenWatch.of(["m1", "m2", "m3"]);
    driven.hear({ kind: "dead", member: "m3", incarnation: 1, by: "m1" });
    expect(driven.eventsOf("pool-declared")).toEqual([
      { kind: "pool-declared", member: "m3", by: "m1" },
    ]);
    expect(driven.eventsOf("member-changed").at(-1)).toMatchObject({ to: "dead", by: "m1" });
  });

  test("that only a view shows has no author, and none is invented", () => {
    const driven = DrivenWatch.of(["m1", "m2", "m3"]);
    driven.run(3 * T, ["m1", "m2"]);
    driven.pulled("m1", ["m1", "m2", { record: record("m3"), state: "dead" }]);
    expect(driven.eventsOf("member-changed").at(-1)).toMatchObject({ to: "dead", by: "?" });
    expect(driven.eventsOf("pool-declared")).toEqual([]);
    driven.run(3 * T, ["m1", "m2"]);
    expect(driven.eventsOf("pool-declared")).toMatchObject([{ by: "?" }]);
  });

  test("that a view shows gets its author when that is heard", () => {
    const driven = DrivenWatch.of(["m1", "m2", "m3"]);
    driven.run(3 * T, ["m1", "m2"]);
    driven.pulled("m1", ["m1", "m2", { record: record("m3"), state: "dead" }]);
    driven.hear({ kind: "dead", member: "m3", incarnation: 1, by: "m2" });
    driven.run(3 * T, ["m1", "m2"]);
    expect(driven.eventsOf("pool-declared")).toMatchObject([{ by: "m2" }]);
  });

  test("of a member that is not pinged takes two viewers: the first may be new itself", () => {
    const all = Array.from({ length: 100 }, (_, index) => `m${index + 1}`);
    const driven = DrivenWatch.of(all);
    driven.run(10 * T, all);
    const { members } = driven.watch.snapshot(driven.now);
    const unknown = members.find(({ observed, lastHeardMs }) => !observed && lastHeardMs === null);
    const name = unknown?.record.name ?? "";
    const others = all.filter((other) => other !== name);
    const [first = "", second = ""] = others;
    driven.pulled(first, others);
    expect(driven.state(name)).toBe("alive");
    driven.pulled(second, others);
    expect(driven.state(name)).toBe("dead");
  });

  test("of a member that answers this guest is not believed on one word", () => {
    const driven = DrivenWatch.of(["m1", "m2", "m3", "m4"]);
    driven.run(3 * T, ["m1", "m2", "m3", "m4"]);
    driven.hear({ kind: "dead", member: "m3", incarnation: 1, by: "m1" });
    expect(driven.state("m3")).toBe("alive");
    const over = { record: record("m3"), state: "dead" } as const;
    driven.pulled("m2", ["m1", "m2", over, "m4"]);
    expect(driven.state("m3")).toBe("dead");
    expect(driven.eventsOf("member-changed").at(-1)).toMatchObject({ to: "dead", by: "m1" });
  });

  test("ends for the guest when the pool has forgotten it: incarnation 1 counts again", () => {
    const driven = DrivenWatch.of([
      "m1",
      { record: record("m2", { incarnation: 7 }), state: "alive" },
    ]);
    driven.hear({ kind: "dead", member: "m2", incarnation: 7, by: "m1" });
    driven.hear({ kind: "alive", record: record("m2") });
    expect(driven.state("m2")).toBe("dead");
    driven.run(31 * T, ["m1"]);
    driven.hear({ kind: "alive", record: record("m2") });
    expect(driven.state("m2")).toBe("alive");
  });
});

test("a member that started again unseen is believed at its own lower incarnation", () => {
  const driven = DrivenWatch.of([
    "m1",
    { record: record("m2", { incarnation: 7 }), state: "alive" },
  ]);
  driven.pulled("m1", ["m1", "m2"]);
  driven.hear({ kind: "suspect", member: "m2", incarnation: 1, by: "m1" });
  expect(driven.state("m2")).toBe("alive");
  driven.pulled("m2", ["m1", "m2"]);
  driven.hear({ kind: "suspect", member: "m2", incarnation: 1, by: "m1" });
  expect(driven.state("m2")).toBe("suspect");
});

test("a member whose view was asked for before it refuted has not started again", () => {
  const driven = DrivenWatch.of(["m1", "m2"]);
  driven.step({ kind: "fetch-view", member: "m2" });
  driven.now += 10;
  driven.hear({ kind: "alive", record: record("m2", { incarnation: 2 }) });
  driven.pulled("m2", ["m1", "m2"]);
  expect(driven.eventsOf("member-changed").map(({ cause }) => cause)).not.toContain("restarted");
  driven.step({ kind: "fetch-view", member: "m2" });
  driven.pulled("m2", ["m1", "m2"]);
  expect(driven.eventsOf("member-changed").at(-1)).toMatchObject({
    ...{ member: "m2", cause: "restarted", incarnation: 1 },
  });
});

describe("a suspicion", () => {
  test("is timed by the pool's own rule: three confirmations shorten 24 s to 4 s", () => {
    const driven = DrivenWatch.of(["m1", "m2", "m3", "m4", "m5"]);
    const deadIn = () => driven.watch.explain(driven.now, "m3")?.suspicion?.deadInMs ?? 0;
    driven.hear({ kind: "suspect", member: "m3", incarnation: 1, by: "m1" });
    expect(deadIn()).toBe(24_000);
    driven.hear({ kind: "suspect", member: "m3", incarnation: 1, by: "m2" });
    expect(Math.round(deadIn() / 100)).toBe(114);
    driven.hear({ kind: "suspect", member: "m3", incarnation: 1, by: "m4" });
    expect(deadIn()).toBe(4000);
    expect(driven.watch.explain(driven.now, "m3")?.suspicion).toMatchObject({
      rule: "memberlist",
      quorum: 3,
      quorumForMs: 0,
    });
  });

  test("in a pool of three begins at the least", () => {
    const driven = DrivenWatch.of(["m1", "m2", "m3"]);
    driven.hear({ kind: "suspect", member: "m3", incarnation: 1, by: "m1" });
    expect(driven.watch.explain(driven.now, "m3")?.suspicion).toMatchObject({
      deadInMs: 4000,
      quorum: 1,
    });
  });

  test("makes the guest ask for a view twice a second, of one member after the other", () => {
    const all = ["m1", "m2", "m3", "m4", "m5"] as const;
    const driven = DrivenWatch.of([...all]);
    driven.run(3 * T, all);
    const before = driven.effects.length;
    driven.hear({ kind: "suspect", member: "m3", incarnation: 1, by: "m1" });
    driven.run(4 * T, all);
    const asked = driven.effects
      .slice(before)
      .flatMap((effect) => (effect.kind === "push-pull" ? [effect.member] : []));
    expect(new Set(asked).size).toBeGreaterThanOrEqual(4);
  });

  test("asks for all paths to its member at once", () => {
    const driven = DrivenWatch.of(["m1", "m2", "m3", "m4", "m5"]);
    driven.run(3 * T, ["m1", "m2", "m3", "m4", "m5"]);
    driven.hear({ kind: "suspect", member: "m3", incarnation: 1, by: "m1" });
    const before = driven.effects.length;
    driven.run(T, ["m1", "m2", "m3", "m4", "m5"]);
    const helpers = driven.effects.slice(before).flatMap((effect) => {
      const isPath = effect.kind === "send" && effect.message.kind === "indirect-ping";
      return isPath && effect.message.target === "m3" ? [effect.to.member] : [];
    });
    expect(helpers).toEqual(expect.arrayContaining(["m1", "m2", "m4", "m5"]));
  });

  test("that others do not share is over when the pool's time for it is", () => {
    const all = ["m1", "m2", "m3", "m4"] as const;
    const driven = DrivenWatch.of([...all]);
    driven.run(2 * T, all);
    driven.hear({ kind: "suspect", member: "m2", incarnation: 1, by: "m1" });
    driven.run(30 * T, all);
    driven.pulled("m3", [...all]);
    driven.pulled("m4", [...all]);
    expect(driven.state("m2")).toBe("alive");
    expect(driven.eventsOf("suspicion-cleared")).toMatchObject([{ cause: "heard" }]);
  });
});
