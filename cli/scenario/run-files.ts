import { readFileSync } from "node:fs";
import { checkSettingsFile } from "../../src/daemon/settings/settings-file.ts";
import { ScenarioError } from "../../src/scenario/language/scenario-error.ts";
import {
  isScenarioFile,
  readScenarioFile,
  type ScenarioFile,
} from "../../src/scenario/language/scenario-file.ts";
import { scenarioJsonSchema } from "../../src/scenario/language/schemas/json-schema.ts";
import type { RunRecord } from "../../src/scenario/run-record.ts";
import { formatCount } from "../../src/text/quantities.ts";
import { ConditionNotMetError, UsageError } from "../errors.ts";
import { type Output, openOutput } from "../output.ts";
import { formatPlan } from "./plan.ts";
import { type RunArgs, runOne } from "./run-one.ts";
import { outcomeLine, tellOverSeeds, tellRecord, writeReports } from "./tell-record.ts";

const EXIT_INTERRUPTED = 130;
const COLUMNS_DEFAULT = 100;
/** Unsigned 32 bits. */
const RNG_SEEDS = 2 ** 32;

/**
 * Runs scenarios one after another. All are read before the first one starts, so that a mistake in
 * the last is not found after minutes.
 *
 * @throws ConditionNotMetError when one failed
 */
export async function runFiles(args: RunArgs, output: Output): Promise<void> {
  const scenarios: ScenarioFile[] = [];
  for (const file of args.files ?? []) {
    scenarios.push(...withSeeds(await readScenarioFile(file), args));
  }
  if (args.plan === true) {
    const columns = process.stdout.columns ?? COLUMNS_DEFAULT;
    for (const { scenario } of scenarios) {
      for (const line of formatPlan(output.style, scenario, columns)) output.data(line);
    }
    return;
  }
  const records = await runAll(scenarios, args, output);
  if (scenarios.length > 1 && !output.json) {
    output.data("");
    for (const record of records) output.data(outcomeLine(record, output));
    if (args.seeds !== undefined) tellOverSeeds(records, output);
  }
  if (records.some(({ outcome }) => outcome === "interrupted")) {
    process.exitCode = EXIT_INTERRUPTED;
    return;
  }
  const failed = records.filter(({ outcome }) => outcome === "failed");
  if (failed.length === 0) return;
  throw new ConditionNotMetError(
    args.seeds === undefined ? failedScenarios(failed) : failedRuns(failed, records.length),
  );
}

function failedScenarios(failed: readonly RunRecord[]): string {
  const names = failed.map(({ scenario }) => scenario.name).join(", ");
  return `${formatCount(failed.length, "scenario")} failed: ${names}`;
}

/** `2 of 20 runs failed: a scenario (rng seeds 3 7)`. */
function failedRuns(failed: readonly RunRecord[], runs: number): string {
  const names = [...new Set(failed.map(({ scenario }) => scenario.name))].map((name) => {
    const seeds = failed.flatMap(({ scenario, rngSeed }) =>
      scenario.name === name ? [rngSeed] : [],
    );
    return `${name} (rng ${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(" ")})`;
  });
  return `${failed.length} of ${formatCount(runs, "run")} failed: ${names.join(", ")}`;
}

async function runAll(
  scenarios: readonly ScenarioFile[],
  args: RunArgs,
  output: Output,
): Promise<readonly RunRecord[]> {
  const interruption = untilInterrupted();
  const { signal } = interruption;
  const records: RunRecord[] = [];
  try {
    for (const each of scenarios) {
      const onRecord = (record: RunRecord) => {
        // Of many runs only those that failed are worth a page.
        const isToBeTold = scenarios.length === 1 || output.json || record.outcome === "failed";
        if (isToBeTold) tellRecord(record, output);
        if (args.report === undefined || record.outcome === "interrupted") return;
        writeReports(record, each.scenario.reports, args.report, output);
      };
      // Of its own: what listens to it is gone with the run.
      const ending = AbortSignal.any([signal]);
      const record = await runOne(each, { args, output, signal: ending, onRecord });
      records.push(record);
      if (record.outcome === "interrupted") break;
    }
  } finally {
    interruption.dismiss();
  }
  return records;
}

function withSeeds({ file, scenario }: ScenarioFile, { rngSeed, seeds = 1 }: RunArgs) {
  const first = rngSeed ?? scenario.rngSeed;
  return Array.from({ length: seeds }, (_, at): ScenarioFile => {
    return { file, scenario: { ...scenario, rngSeed: (first + at) % RNG_SEEDS } };
  });
}

/**
 * Says what is wrong with each scenario or file of settings, one mistake a line.
 *
 * @throws UsageError when anything is
 */
export async function checkFiles(files: readonly string[]): Promise<void> {
  const output = openOutput({});
  let mistakes = 0;
  for (const file of files) {
    const found = isScenarioFile(file) ? await scenarioMistakes(file) : settingMistakes(file);
    for (const line of found.lines) output.data(line);
    mistakes += found.mistakes;
  }
  if (mistakes > 0) throw new UsageError(`${formatCount(mistakes, "mistake")}; nothing was run`);
}

interface Checked {
  readonly mistakes: number;
  readonly lines: readonly string[];
}

function settingMistakes(file: string): Checked {
  const { mistakes, ...rest } = checkSettingsFile(file, {
    env: process.env,
    readFile: (path) => readFileSync(path, "utf8"),
  });
  if (!("settings" in rest)) return { mistakes: mistakes.length, lines: mistakes };
  const { name, node } = rest.settings;
  return { mistakes: 0, lines: [`${file}: ok, settings of ${name}, profile ${node.profile}`] };
}

async function scenarioMistakes(file: string): Promise<Checked> {
  try {
    const { scenario } = await readScenarioFile(file);
    const steps = formatCount(scenario.steps.length, "step");
    const nodes = formatCount(scenario.nodes.length, "node");
    return { mistakes: 0, lines: [`${file}: ok, ${nodes}, ${steps}`] };
  } catch (error) {
    // A module may have its own copy of the class.
    if (!(error instanceof Error) || error.name !== ScenarioError.name) throw error;
    return { mistakes: (error as ScenarioError).issues.length, lines: [error.message] };
  }
}

/** The file that editors read: `scenarios/scenario.schema.json`. */
export function printSchema(): void {
  openOutput({}).data(JSON.stringify(scenarioJsonSchema(), null, 2));
}

/** Aborts with the first SIGINT, SIGTERM or SIGHUP; the second one ends the process as always. */
export function untilInterrupted(): { readonly signal: AbortSignal; readonly dismiss: () => void } {
  const controller = new AbortController();
  const dismiss = () => {
    for (const signal of SIGNALS) process.removeListener(signal, abort);
  };
  const abort = () => {
    dismiss();
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, abort);
  return { signal: controller.signal, dismiss };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
