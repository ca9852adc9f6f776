import { expect, test } from "vitest";
import { StepLines } from "../../../cli/scenario/progress.ts";
import { SimBackend } from "../../../src/cluster/sim-backend.ts";
import { defineScenario } from "../../../src/scenario/language/define-scenario.ts";
import { runScenario } from "../../../src/scenario/run/run-scenario.ts";
import type { StepSource } from "../../../src/scenario/steps/registry.ts";
import { PLAIN } from "../plain.ts";

/** What is written about a run of three nodes. */
async function linesOf(steps: readonly StepSource[]): Promise<string[]> {
  const scenario = defineScenario({
    name: "test",
    nodes: ["a", "b", "c"],
    config: { profile: "local" },
    steps: [{ start: "all" }, { await: "converged", within: "5s" }, ...steps],
  });
  const cluster = new SimBackend(scenario);
  let text = "";
  const stream = { write: (piece: string) => (text += piece) };
  const progress = new StepLines(stream, PLAIN, () => cluster.nowMs);
  await runScenario(scenario, { cluster, file: null, replay: "", startedAt: null, progress });
  progress.close();
  // Times are the simulator's business.
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.replaceAll(/\d+\.\d+ s|\d+ ms/g, "t").trim());
}

test("each step is one line when it is done; a block is told as it begins, too", async () => {
  const lines = await linesOf([
    { isolate: "c", for: "3s", during: [{ await: { isolated: "c" }, within: "2s" }] },
    { log: "well done" },
  ]);
  expect(lines).toEqual([
    "t  ✓ start all",
    "t  ✓ await converged t",
    "t  ▸ isolate c for 3s",
    "t    ✓ await c isolated t",
    "t  ✓ end of isolate c for 3s",
    "t    well done",
  ]);
});

test("what was not met tells what was the case, a broken rule at once", async () => {
  const lines = await linesOf([
    { never: { dead: "c" } },
    { kill: "c" },
    { wait: "1s" },
    { expect: { see: { c: "alive" } } },
  ]);
  expect(lines.slice(2)).toEqual([
    "t  ▸ from here never c dead, seen by anyone",
    "t  ✓ kill c",
    expect.stringMatching(
      /^t {4}✗ never c dead, seen by anyone is broken: [ab] sees c dead \(crashed\)$/,
    ),
    "t  ✓ wait 1s",
    "t  ✗ expect c alive",
    "t      got: a sees c dead (crashed)",
  ]);
});
