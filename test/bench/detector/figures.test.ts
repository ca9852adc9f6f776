import { expect, test } from "vitest";
import { CANDIDATE_NAMES, PACED } from "../../../src/bench/detector/candidates/candidate.ts";
import {
  EXPECTATIONS,
  type Expectation,
  judge,
} from "../../../src/bench/detector/report/expectations.ts";
import { type CaseFigures, figuresOf } from "../../../src/bench/detector/report/figures.ts";
import type { TrialResult } from "../../../src/bench/detector/trials/trial.ts";
import { casesOf } from "../../../src/bench/detector/workloads/workload.ts";
import { WORKLOADS } from "../../../src/bench/detector/workloads/workloads.ts";

test("the trials of a case are put together: samples pooled, counts added, cost by node and second", () => {
  const figures = figuresOf(anyCase(), [
    result({ times: { all: [100, 300] }, counts: { falseDeaths: 1 }, nodeMs: 1000 }),
    result({ times: { all: [200] }, counts: { falseDeaths: 2 }, nodeMs: 3000 }),
  ]);
  expect(figures.trials).toBe(2);
  expect(figures.times.all).toEqual({ samples: 3, p50: 200, p99: 300, max: 300 });
  expect(figures.counts.falseDeaths).toBe(3);
  expect(figures.datagramsPerNodeSecond).toBe(20 / 4);
  expect(figures.segmentsPerNodeSecond).toBe(4 / 4);
  expect(figures.bytesPerNodeSecond).toBe(2000 / 4);
});

test("every workload has a name of its own, and sizes to run at", () => {
  const names = WORKLOADS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(WORKLOADS.filter(({ sizes }) => sizes.length === 0)).toEqual([]);
});

test("the trials of a case have seeds of their own, the same for each candidate", () => {
  const workload = WORKLOADS.find(({ name }) => name === "host-crash");
  const cases = workload === undefined ? [] : casesOf(workload, [8], 5, 3);
  expect(cases.map(({ candidate }) => candidate)).toEqual([...CANDIDATE_NAMES]);
  for (const { trials } of cases) expect(trials.map(({ rngSeed }) => rngSeed)).toEqual([5, 6, 7]);
});

test("Lifeguard at hearsay's traffic is left out where its lists alone cost more, hearsay by datagrams alone where it takes minutes", () => {
  const workload = WORKLOADS.find(({ name }) => name === "host-crash");
  const cases = workload === undefined ? [] : casesOf(workload, [128, 512, 2048], 5, 1);
  const sizesOf = (name: string) =>
    cases.filter(({ candidate }) => candidate === name).map(({ size }) => size);
  expect(sizesOf(PACED)).toEqual([128, 512]);
  expect(sizesOf("hearsay-udp")).toEqual([128]);
  expect(sizesOf("hearsay")).toEqual([128, 512, 2048]);
});

test("every figure of the study is one that some workload measures at that size", () => {
  const figures = WORKLOADS.flatMap((workload) =>
    casesOf(workload, workload.sizes, 1, 1).map((studied) => figuresOf(studied, [complete()])),
  );
  const unmeasured = EXPECTATIONS.filter(({ measured }) => measured(figures) === undefined);
  expect(unmeasured.map(({ what }) => what)).toEqual([]);
});

test("what was not measured has no figure", () => {
  expect(EXPECTATIONS.filter(({ measured }) => measured([]) !== undefined)).toEqual([]);
});

test("a time is reproduced within a quarter or within 0.15 s, else it is lower or higher", () => {
  const expectation = expecting("s", 4);
  expect([3.1, 4.9, 2.9, 5.1].map((seconds) => judge(expectation, seconds))).toEqual([
    ...["reproduced", "reproduced", "lower", "higher"],
  ]);
  expect(judge(expecting("s", 0.2), 0.34)).toBe("reproduced");
});

test("a count of rare events is reproduced within a factor of two, and none only by none", () => {
  const expectation = expecting("count", 18);
  expect([9, 36, 8, 37].map((count) => judge(expectation, count))).toEqual([
    ...["reproduced", "reproduced", "lower", "higher"],
  ]);
  expect([0, 1].map((count) => judge(expecting("count", 0), count))).toEqual([
    ...["reproduced", "higher"],
  ]);
});

function expecting(unit: Expectation["unit"], studied: number): Expectation {
  return { what: "", candidate: "hearsay", unit, studied, measured: () => undefined };
}

function anyCase() {
  const [workload] = WORKLOADS;
  const [studied] = workload === undefined ? [] : casesOf(workload, [8], 1, 1);
  if (studied === undefined) throw new Error("there are no workloads");
  return studied;
}

function result(changes: Partial<TrialResult>): TrialResult {
  return {
    times: {},
    counts: {},
    datagrams: 10,
    segments: 2,
    bytes: 1000,
    nodeMs: 1000,
    ...changes,
  };
}

/** A result in which everything was measured. */
function complete(): TrialResult {
  const names = ["first", "all", "majority", "minority", "whole", "back", "deadFor", "joined"];
  const times = Object.fromEntries(names.map((name) => [name, [1000]]));
  return result({ times, counts: {} as CaseFigures["counts"] });
}
