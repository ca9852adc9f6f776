import { join, resolve } from "node:path";
import { describe, test } from "vitest";
import type { RunRecord } from "../../src/scenario/run-record.ts";
import { runHearsay } from "./run-hearsay.ts";

const SCENARIOS = resolve(import.meta.dirname, "../../scenarios");
const RUN_MS = 60_000;
const shipped = (name: string) => join(SCENARIOS, `${name}.yaml`);

describe("a shipped scenario passes on real daemons as it does in the simulator", () => {
  // Two at a time: they mostly wait, and each has a cluster of its own.
  test.concurrent.for([
    ...[
      "too-short-too-long",
      "quick-and-steady",
      "health-check-cascade",
      "minority-of-two",
      "stall-the-accuser",
    ],
    ...["same-name", "graceful-leave", "crash-one", "freeze-and-return"],
  ])("%s", { timeout: RUN_MS }, async (name, { expect }) => {
    const { stdout, exitCode } = await runHearsay(["run", "--json", shipped(name)], {}, RUN_MS);
    const { outcome, failure, world } = JSON.parse(stdout) as RunRecord;
    expect({ outcome, failure, world, exitCode }).toEqual({
      outcome: "passed",
      failure: null,
      world: "real",
      exitCode: 0,
    });
  });
});
