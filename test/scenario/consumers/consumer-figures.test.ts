import { expect, test } from "vitest";
import { consumerFigures } from "../../../src/scenario/consumers/consumer-figures.ts";
import type { Downtime } from "../../../src/scenario/consumers/downtime.ts";
import { downtimeOf } from "../../../src/scenario/consumers/downtime.ts";
import type { NodeSpan, PoolSpan } from "../../../src/scenario/run-record.ts";

const FOR_EVER = Number.POSITIVE_INFINITY;

/** `pools([0, "b c"], [1000, "c"])` until 10 s. */
function pools(...changes: readonly (readonly [number, string])[]): PoolSpan[] {
  return changes.map(([fromMs, names], at) => {
    const untilMs = changes[at + 1]?.[0] ?? 10_000;
    return {
      fromMs,
      untilMs,
      members: names.split(" ").filter((name) => name !== ""),
      panic: false,
    };
  });
}

/** What came of it for a consumer of b and c, with these downtimes of b. */
function figures(spans: readonly PoolSpan[], ...ofB: readonly Downtime[]) {
  return figuresOf([spans], ...ofB);
}

/** The same, where the consumer's node ran several times. */
function figuresOf(lives: readonly (readonly PoolSpan[])[], ...ofB: readonly Downtime[]) {
  return consumerFigures({
    members: ["b", "c"],
    lives,
    downtimeOf: (member) => (member === "b" ? ofB : []),
    aftermathMs: 600,
  });
}

const crash = (fromMs: number, untilMs = FOR_EVER): Downtime => ({
  fromMs,
  untilMs,
  isCrash: true,
});
const cut = (fromMs: number, untilMs: number): Downtime => ({ fromMs, untilMs, isCrash: false });

test("a crash is known when its member is dropped, and that is no false alarm", () => {
  expect(figures(pools([0, "b c"], [4300, "c"]), crash(4000))).toMatchObject({
    crashesKnownMs: [300],
    crashesUnknown: 0,
    falseAlarms: 0,
    wronglyOutMs: 0,
    least: 1,
  });
});

test("a member that was out when it crashed was used no more from then on", () => {
  expect(figures(pools([0, "b c"], [3900, "c"]), crash(4000))).toMatchObject({
    crashesKnownMs: [0],
    falseAlarms: 1,
    wronglyOutMs: 100,
  });
});

test("a crash is unknown where its member is used to the end", () => {
  const { crashesKnownMs, crashesUnknown } = figures(pools([0, "b c"]), crash(4000));
  expect({ crashesKnownMs, crashesUnknown }).toEqual({ crashesKnownMs: [], crashesUnknown: 1 });
});

test("a drop in the last moment of the run counts", () => {
  const spans = [
    ...pools([0, "b c"]),
    { fromMs: 10_000, untilMs: 10_000, members: ["c"], panic: false },
  ];
  expect(figures(spans, crash(4000)).crashesKnownMs).toEqual([6000]);
});

test("each time that a member is dropped that is there is a false alarm", () => {
  const spans = pools([0, "b c"], [1000, "c"], [1500, "b c"], [3000, ""], [3200, "b c"]);
  expect(figures(spans)).toMatchObject({ falseAlarms: 3, wronglyOutMs: 900, least: 0 });
});

test("a cut explains a drop, for three periods longer than it lasts; what comes after is wrong", () => {
  const dropped = (atMs: number) => pools([0, "b c"], [atMs, "c"], [6000, "b c"]);
  expect(figures(dropped(2500), cut(2000, 5000))).toMatchObject({
    crashesKnownMs: [],
    falseAlarms: 0,
    wronglyOutMs: 1000,
  });
  expect(figures(dropped(5600), cut(2000, 5000)).falseAlarms).toBe(0);
  expect(figures(dropped(5601), cut(2000, 5000)).falseAlarms).toBe(1);
});

test("how a cluster forms is no alarm, and not the least in use", () => {
  const spans = pools([0, ""], [100, "c"], [200, "b c"]);
  expect(figures(spans)).toMatchObject({ falseAlarms: 0, wronglyOutMs: 0, least: 2 });
});

const life = (fromMs: number, untilMs: number, names: string): PoolSpan => {
  return { fromMs, untilMs, members: names.split(" ").filter((name) => name !== ""), panic: false };
};

test("a node that begins anew knows nobody yet, and drops nobody by that", () => {
  const lives = [[life(0, 4000, "b c")], [life(5000, 5300, ""), life(5300, 9000, "b c")]];
  expect(figuresOf(lives)).toMatchObject({ falseAlarms: 0, wronglyOutMs: 0, least: 2 });
});

test("a crash that was over before the consumer's node ran again is nothing that it knew or did not", () => {
  const lives = [[life(0, 4000, "b c")], [life(6000, 9000, "b c")]];
  const { crashesKnownMs, crashesUnknown } = figuresOf(lives, crash(4000, 5500));
  expect({ crashesKnownMs, crashesUnknown }).toEqual({ crashesKnownMs: [], crashesUnknown: 0 });
});

test("a crash before a member was ever used does not count", () => {
  const spans = [life(0, 3000, "c"), life(3000, 8000, "b c"), life(8000, 9000, "c")];
  const { crashesKnownMs, crashesUnknown } = figures(spans, crash(1000, 2000));
  expect({ crashesKnownMs, crashesUnknown }).toEqual({ crashesKnownMs: [], crashesUnknown: 0 });
});

test("time in which the consumer's node did not run is no time that it used a crashed member", () => {
  const paused = [life(0, 4100, "b c"), life(7000, 7200, "b c"), life(7200, 9000, "c")];
  expect(figures(paused, crash(4000)).crashesKnownMs).toEqual([300]);
  const anew = [[life(0, 4100, "b c")], [life(7000, 9000, "c")]];
  expect(figuresOf(anew, crash(4000)).crashesKnownMs).toEqual([100]);
});

function downtimes(...spans: readonly Pick<NodeSpan, "state" | "endedBy">[]): readonly Downtime[] {
  const timed = spans.map((span, at) => ({
    ...span,
    fromMs: at * 1000,
    untilMs: at * 1000 + 1000,
  }));
  return downtimeOf({ name: "b", member: "b", spans: timed });
}

test("who stands still for a while is slow, who never goes on has crashed", () => {
  const paused = { state: "running", endedBy: "paused" } as const;
  const slow = { state: "paused", endedBy: "resumed" } as const;
  expect(downtimes(paused, slow, { state: "running", endedBy: "run-over" })).toEqual([]);
  expect(downtimes(paused, { state: "paused", endedBy: "run-over" })).toEqual([crash(1000)]);
  expect(downtimes(paused, { state: "paused", endedBy: "killed" })).toEqual([crash(1000)]);
});

test("a killed process is gone until it starts again, one that leaves tells so before", () => {
  const again = { state: "running", endedBy: "run-over" } as const;
  expect(downtimes({ state: "running", endedBy: "killed" })).toEqual([crash(1000)]);
  expect(downtimes({ state: "running", endedBy: "killed" }, again)).toEqual([crash(1000, 1000)]);
  expect(downtimes({ state: "running", endedBy: "left" })).toEqual([cut(-1000, FOR_EVER)]);
});
