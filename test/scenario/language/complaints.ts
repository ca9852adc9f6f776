import { parseScenario } from "../../../src/scenario/language/define-scenario.ts";
import { ScenarioError } from "../../../src/scenario/language/scenario-error.ts";

/** What is wrong with a scenario, each as `line:column: message`. */
export function complaintsOf(text: string): string[] {
  try {
    parseScenario(text, "x.yaml");
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.message.split("\n").map((line) => line.replace(/^x\.yaml:/, ""));
  }
  return [];
}
