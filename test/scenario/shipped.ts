import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SimBackend } from "../../src/cluster/sim-backend.ts";
import { defineScenario, parseScenario } from "../../src/scenario/language/define-scenario.ts";
import type { Scenario } from "../../src/scenario/language/scenario.ts";
import type { ScenarioSource } from "../../src/scenario/language/scenario-source.ts";
import { runScenario } from "../../src/scenario/run/run-scenario.ts";
import type { RunRecord } from "../../src/scenario/run-record.ts";
import type { StepSource } from "../../src/scenario/steps/registry.ts";

const FOLDER = resolve(import.meta.dirname, "../../scenarios");

/** Names of the shipped scenarios, without their ending. */
export const SHIPPED: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.slice(0, -".yaml".length))
  .sort();

export function shippedText(name: string): string {
  return readFileSync(resolve(FOLDER, `${name}.yaml`), "utf8");
}

/** A run in virtual time. */
export function simulate(scenario: Scenario): Promise<RunRecord> {
  const cluster = new SimBackend(scenario);
  return runScenario(scenario, { cluster, file: null, replay: "again", startedAt: null });
}

export function simulateShipped(name: string): Promise<RunRecord> {
  return simulate(parseScenario(shippedText(name), `scenarios/${name}.yaml`));
}

/** The scenario that `runOfFour` begins with: four nodes that have met. */
export const FOUR = {
  name: "test",
  nodes: ["a", "b", "c", "d"],
  config: { profile: "local" },
} as const;
export const TOGETHER: readonly StepSource[] = [
  { start: "all" },
  { await: "converged", within: "5s" },
];

/** A run of four nodes in virtual time, after they have met. */
export function runOfFour(steps: readonly StepSource[], more: Partial<ScenarioSource> = {}) {
  return simulate(defineScenario({ ...FOUR, ...more, steps: [...TOGETHER, ...steps] }));
}

/** So slow c is dead to the others, although nothing keeps them apart. */
export const SLOW: StepSource = { delay: { node: "c", by: "30s" } };
