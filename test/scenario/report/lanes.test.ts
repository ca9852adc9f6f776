import { expect, test } from "vitest";
import { beliefLanes } from "../../../src/scenario/report/lanes/belief-lanes.ts";
import { processLanes } from "../../../src/scenario/report/lanes/process-lanes.ts";
import { change, running, runRecord } from "./records.ts";

test("viewers and members to whom the same happened share a lane, all others the last one", () => {
  const beliefs = [
    ...["a", "b"].flatMap((viewer) => [change(viewer, "c", 3000, "dead")]),
    change("c", "a", 3000, "dead"),
    change("c", "b", 4000, "dead"),
  ];
  const lanes = beliefLanes(runRecord({ beliefs }));
  expect(lanes.map(({ viewers, members, isRest }) => [viewers, members, isRest])).toEqual([
    [["c"], ["a", "b"], false],
    [["a", "b"], ["c"], false],
    [["a", "b"], ["b", "a"], true],
  ]);
});

test("a lane holds the most serious that any of its pairs held", () => {
  const beliefs = [
    change("a", "c", 2000, "suspect"),
    change("b", "c", 3000, "dead"),
    change("a", "c", 4000, "dead"),
    change("a", "c", 8000, "alive"),
    change("b", "c", 9000, "alive"),
  ];
  const [lane] = beliefLanes(runRecord({ beliefs }));
  expect(lane?.spans).toMatchObject([
    { state: "alive", fromMs: 0, untilMs: 2000 },
    { state: "suspect", fromMs: 2000, untilMs: 3000 },
    { state: "dead", fromMs: 3000, untilMs: 9000 },
    { state: "alive", fromMs: 9000, untilMs: 10_000 },
  ]);
});

test("one who only suspected is kept apart from one who declared a death", () => {
  const beliefs = [
    change("a", "c", 2000, "suspect"),
    change("a", "c", 2400, "alive"),
    change("b", "c", 3000, "dead"),
  ];
  const lanes = beliefLanes(runRecord({ beliefs })).filter(({ isRest }) => !isRest);
  expect(lanes.map(({ viewers, note }) => [viewers, note])).toEqual([
    [["a"], "suspected once, for 0.40 s at most, never dead"],
    [["b"], "dead at 3.0 s"],
  ]);
});

test("the note tells the measured times of the lane's own pairs", () => {
  const beliefs = ["a", "b"].map((viewer) => change(viewer, "c", 5000, "dead"));
  const sample = { member: "c", fromMs: 1000, known: "dead" } as const;
  const samples = [
    { ...sample, figure: "detect", viewer: "a", tookMs: 3100 },
    { ...sample, figure: "detect", viewer: "b", tookMs: 3300 },
    { ...sample, figure: "detect", viewer: "x", tookMs: 9900 },
    { ...sample, figure: "back", viewer: "a", tookMs: 1200 },
  ] as const;
  const [lane] = beliefLanes(runRecord({ beliefs, samples }));
  expect(lane?.note).toBe("dead after 3.1 to 3.3 s, back after 1.2 s");
});

test("a suspicion that turns out to be a freeze is one suspicion, and the note says when it was known", () => {
  const beliefs = [
    change("a", "c", 2000, "suspect", "silence"),
    change("a", "c", 2600, "suspect", "frozen"),
    change("a", "c", 9000, "alive"),
  ];
  const [lane] = beliefLanes(runRecord({ beliefs }));
  expect(lane?.note).toBe("suspected once, for 7.0 s at most, never dead");
  expect(lane?.pairs[0]?.spans.map(({ state, silence }) => [state, silence])).toEqual([
    ["alive", null],
    ["suspect", "silence"],
    ["suspect", "frozen"],
    ["alive", null],
  ]);
  const sample = { member: "c", viewer: "a", known: "frozen" } as const;
  const samples = [
    { ...sample, figure: "detect", fromMs: 1000, tookMs: 1600 },
    { ...sample, figure: "back", fromMs: 8900, tookMs: 100 },
  ] as const;
  const [timed] = beliefLanes(runRecord({ beliefs, samples }));
  expect(timed?.note).toBe("frozen after 1.6 s, back after 0.10 s");
});

test("a process that is gone believes nothing", () => {
  const nodes = [running("a"), running("b"), running("c", 4000, "killed")];
  const beliefs = [change("c", "a", 3000, "dead"), change("c", "a", 5000, "alive")];
  const [lane] = beliefLanes(runRecord({ nodes, beliefs }));
  expect(lane?.spans.at(-1)).toMatchObject({ state: "dead", fromMs: 3000, untilMs: 4000 });
});

test("what a process saw before it was seen to start, it holds from its start", () => {
  const nodes = [
    { ...running("a"), spans: [{ ...running("a").spans[0], fromMs: 50 }] },
    running("b"),
  ];
  const lanes = beliefLanes(runRecord({ nodes }));
  expect(lanes[0]?.pairs[0]).toMatchObject({ viewer: "a", member: "b" });
  const alive = { state: "alive", silence: null, fromMs: 50, untilMs: 10_000 };
  expect(lanes[0]?.pairs[0]?.spans).toEqual([alive]);
});

test("only processes that did not run from the first start to the end have a lane", () => {
  const start = { id: "steps[0]", line: 5, depth: 0, verb: "start", label: "start all" };
  const steps = [{ ...start, fromMs: 0, untilMs: 900, outcome: "done" }] as const;
  const from = (fromMs: number) => [{ ...running("b").spans[0], fromMs }];
  const nodes = [
    running("a"),
    { ...running("b"), spans: from(800) },
    running("c", 4000, "killed"),
    { ...running("d"), spans: from(5000) },
  ];
  const lanes = processLanes(runRecord({ nodes, steps }));
  expect(lanes.map(({ node, note }) => [node, note])).toEqual([
    ["c", "killed at 4.0 s"],
    ["d", "started at 5.0 s"],
  ]);
});
