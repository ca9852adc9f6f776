import { expect, test } from "vitest";
import { UsageError } from "../../../cli/errors.ts";
import { formatExperiment } from "../../../cli/sim/format-experiment.ts";
import { experimentOptions } from "../../../cli/sim/run-experiment-command.ts";
import type { SimArgs } from "../../../cli/sim/run-sim.ts";
import type { ExperimentResult } from "../../../src/sim/experiment/experiment.ts";
import { PLAIN } from "../plain.ts";

const ARGS: SimArgs = {
  nodes: 40,
  profile: "lan",
  loss: 0,
  refusals: true,
  join: false,
  duration: 10_000,
  crash: { count: 3 },
  "host-crash": { share: 0.1 },
  stall: { count: 0 },
  "stall-for": 2_000,
  partition: { count: 0 },
  "partition-for": 20_000,
  swarm: false,
  json: false,
  ascii: false,
};

const RESULT: ExperimentResult = {
  options: experimentOptions(ARGS),
  digest: "0123456789abcdef",
  steps: 1_000,
  delivered: 600,
  detections: [
    {
      member: "n1",
      kind: "crash",
      atMs: 1_000,
      firstSuspectMs: 20,
      firstDeadMs: 150,
      allKnowMs: 400,
    },
    {
      member: "n2",
      kind: "crash",
      atMs: 1_000,
      firstSuspectMs: 30,
      firstDeadMs: 160,
      allKnowMs: null,
    },
  ],
  falseDeaths: 0,
  isConverged: false,
  traffic: { datagrams: 16.04, bytes: 1_234.5 },
  timeline: [{ fromMs: 0, crashed: 2, suspected: 4, dead: 2, returned: 0, falseDeaths: 0 }],
};

test("shares become counts, and a WAN profile runs on a WAN", () => {
  expect(experimentOptions(ARGS)).toMatchObject({ crashes: 3, hostCrashes: 4, network: "lan" });
  expect(experimentOptions({ ...ARGS, profile: "wan" })).toMatchObject({ network: "wan" });
});

test("more cannot be hit than there is, and a partition needs two sides", () => {
  expect(() => experimentOptions({ ...ARGS, crash: { count: 37 } })).toThrow(UsageError);
  expect(() => experimentOptions({ ...ARGS, partition: { share: 1 } })).toThrow(UsageError);
});

test("what ended stands in one line a kind, with how many did not become known to all", () => {
  const lines = formatExperiment(RESULT, 0.5, PLAIN);
  const crash = lines.find((line) => line.startsWith("process crash")) ?? "";
  expect(crash.split(/ {2,}/)).toEqual([
    "process crash",
    ...["2", "20 ms", "30 ms", "0.15 s", "0.16 s", "0.40 s", "0.40 s", "1"],
  ]);
  expect(lines.at(-1)).toContain("2000 steps/s");
  expect(lines.at(-1)).toContain("views differ at the end");
});

test("a run in which nothing ended says so", () => {
  expect(formatExperiment({ ...RESULT, detections: [] }, 1, PLAIN)[0]).toBe("nothing ended");
});
