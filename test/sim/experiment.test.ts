import { expect, test } from "vitest";
import { Detections } from "../../src/sim/experiment/detections.ts";
import { runExperiment } from "../../src/sim/experiment/experiment.ts";
import {
  type ExperimentOptions,
  planExperiment,
} from "../../src/sim/experiment/experiment-options.ts";
import { nodeNames } from "../../src/sim/swarm/swarm.ts";
import { record } from "../core/builders.ts";

const PLAIN: ExperimentOptions = {
  rngSeed: 7,
  nodes: 20,
  profile: "lan",
  network: "lan",
  loss: 0,
  refusals: true,
  start: "converged",
  durationMs: 20_000,
  crashes: 2,
  hostCrashes: 1,
  stalls: 0,
  stallMs: 0,
  partitioned: 0,
  partitionMs: 0,
  faultsAtMs: null,
};

test("every crash of an experiment is measured until all know, and nobody else is called dead", () => {
  const { detections, falseDeaths, isConverged, timeline } = runExperiment(PLAIN);
  expect(detections.map(({ kind }) => kind).sort()).toEqual(["crash", "crash", "host-crash"]);
  for (const { firstSuspectMs, firstDeadMs, allKnowMs } of detections) {
    expect(firstSuspectMs).toBeLessThanOrEqual(firstDeadMs ?? 0);
    expect(firstDeadMs).toBeLessThanOrEqual(allKnowMs ?? 0);
  }
  expect(falseDeaths).toBe(0);
  expect(isConverged).toBe(true);
  expect(timeline.reduce((sum, { crashed }) => sum + crashed, 0)).toBe(3);
});

test("equal options give equal results, another seed others", () => {
  const short = { ...PLAIN, durationMs: 6_000 };
  expect(runExperiment(short)).toEqual(runExperiment(short));
  expect(runExperiment({ ...short, rngSeed: 8 }).digest).not.toBe(runExperiment(short).digest);
});

test("progress goes to the end", () => {
  const seenMs: number[] = [];
  runExperiment({ ...PLAIN, nodes: 3, durationMs: 3_000 }, ({ atMs }) => seenMs.push(atMs));
  expect(seenMs).toEqual([...seenMs].sort((a, b) => a - b));
  expect(seenMs.at(-1)).toBe(3_000);
});

test("nobody is hit twice, and faults leave the ends of the run alone", () => {
  const plan = planExperiment({ ...PLAIN, crashes: 8, hostCrashes: 8, stalls: 4 }, nodeNames(20));
  const hit = plan.flatMap(({ fault }) =>
    "nodes" in fault ? fault.nodes : "node" in fault ? fault.node : [],
  );
  expect(new Set(hit).size).toBe(20);
  for (const { atMs } of plan) {
    expect(atMs).toBeGreaterThanOrEqual(3_000);
    expect(atMs).toBeLessThanOrEqual(14_000);
  }
});

test("with a moment given all faults happen then", () => {
  const plan = planExperiment(
    { ...PLAIN, partitioned: 4, partitionMs: 100, faultsAtMs: 5 },
    nodeNames(20),
  );
  expect(plan.map(({ atMs }) => atMs)).toEqual([5, 5, 5, 5]);
});

test("a process that ends itself no longer has to know", () => {
  const detections = new Detections(1_000);
  for (const name of ["a", "b", "c"]) detections.started(name, record(name));
  const dies = { kind: "member-changed", member: "c", from: "alive", to: "dead" } as const;
  detections.expect("c", "crash", 100);
  detections.ended("c", 100);
  const event = {
    ...dies,
    incarnation: 1,
    by: "a",
    cause: "reported",
    reason: "told",
    phi: null,
  } as const;
  detections.stepped("a", { kind: "leave" }, [{ kind: "event", event }], 400);
  expect(detections.all[0]).toMatchObject({ firstDeadMs: 300, allKnowMs: null });
  detections.ended("b", 900);
  expect(detections.all[0]).toMatchObject({ allKnowMs: 800 });
});
