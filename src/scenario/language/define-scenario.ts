import { checkTimeline } from "./checking/check-timeline.ts";
import { Issues, type Locate } from "./parsing/issues.ts";
import { NOWHERE, parseScenarioSource } from "./parsing/parse-scenario.ts";
import { readYaml } from "./parsing/yaml-source.ts";
import type { Scenario } from "./scenario.ts";
import { ScenarioError } from "./scenario-error.ts";
import type { ScenarioSource } from "./scenario-source.ts";

/**
 * A scenario from a program: the same words as in YAML, with loops and functions of its own
 * (`check`).
 *
 * @throws ScenarioError with everything that is wrong with it
 */
export function defineScenario(source: ScenarioSource): Scenario {
  return read(source, NOWHERE, null);
}

/**
 * A scenario from the text of a YAML file. Nothing else is looked at, and nothing is run.
 *
 * @throws ScenarioError with everything that is wrong with it, each with line and column
 */
export function parseScenario(text: string, file: string | null): Scenario {
  const { value, locate, issues } = readYaml(text);
  if (issues.length > 0) throw new ScenarioError(file, issues);
  return read(value, locate, file);
}

function read(source: unknown, locate: Locate, file: string | null): Scenario {
  const issues = new Issues(locate);
  const scenario = parseScenarioSource(source, issues);
  if (scenario !== undefined && issues.found.length === 0) checkTimeline(scenario, issues);
  if (scenario === undefined || issues.found.length > 0) {
    throw new ScenarioError(file, issues.found);
  }
  return scenario;
}
