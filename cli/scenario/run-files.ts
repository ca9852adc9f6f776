import type { RunRecord } from "../../src/scenario/run-record.ts";
import { formatCount } from "../../src/text/quantities.ts";
import { ConditionNotMetError } from "../errors.ts";
import type { Output } from "../output.ts";
import { untilInterrupted } from "./interruption.ts";
import { formatPlan } from "./plan.ts";
import { readScenarioFile, type ScenarioFile } from "./read-files.ts";
import type { RunArgs } from "./run-args.ts";
import { runOne } from "./run-one.ts";
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
      const running = { args, output, signal: AbortSignal.any([signal]), onRecord };
      const record = await runOne(each, running);
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
