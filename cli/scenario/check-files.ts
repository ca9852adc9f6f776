import { ScenarioError } from "../../src/scenario/language/scenario-error.ts";
import { scenarioJsonSchema } from "../../src/scenario/language/schemas/json-schema.ts";
import { formatCount } from "../../src/text/quantities.ts";
import { UsageError } from "../errors.ts";
import { openOutput } from "../output.ts";
import { readScenarioFile } from "./read-files.ts";

/**
 * Says what is wrong with each scenario, one mistake a line as `file:line:column: message`.
 *
 * @throws UsageError when anything is
 */
export async function checkFiles(files: readonly string[]): Promise<void> {
  const output = openOutput({});
  let mistakes = 0;
  for (const file of files) {
    try {
      const { scenario } = await readScenarioFile(file);
      const steps = formatCount(scenario.steps.length, "step");
      output.data(`${file}: ok, ${formatCount(scenario.nodes.length, "node")}, ${steps}`);
    } catch (error) {
      // A module may have its own copy of the class.
      if (!(error instanceof Error) || error.name !== ScenarioError.name) throw error;
      output.data(error.message);
      mistakes += (error as ScenarioError).issues.length;
    }
  }
  if (mistakes > 0) throw new UsageError(`${formatCount(mistakes, "mistake")}; nothing was run`);
}

/** The file that editors read: `scenarios/scenario.schema.json`. */
export function printSchema(): void {
  openOutput({}).data(JSON.stringify(scenarioJsonSchema(), null, 2));
}
