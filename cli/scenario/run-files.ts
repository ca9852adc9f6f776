import type { Cluster } from "../../src/scenario/cluster/cluster.ts";
import { ProcessCluster } from "../../src/scenario/cluster/process-cluster.ts";
import { SimScenarioCluster } from "../../src/scenario/cluster/sim-cluster.ts";
import type { Scenario } from "../../src/scenario/language/scenario.ts";
import type { RunRecord, WorldName } from "../../src/scenario/run-record.ts";
import { runScenario } from "../../src/scenario/running/run-scenario.ts";
import { ConditionNotMetError } from "../errors.ts";
import { formatCount } from "../format/quantities.ts";
import { ENTRY } from "../local/program.ts";
import type { Output } from "../output.ts";
import { formatFailures } from "./failure-text.ts";
import { untilInterrupted } from "./interruption.ts";
import { StepLines } from "./progress.ts";
import { readScenarioFile, type ScenarioFile } from "./read-files.ts";
import type { RunArgs } from "./run-args.ts";

const EXIT_INTERRUPTED = 130;

/**
 * Runs scenarios one after another. All are read before the first one starts, so that a mistake in
 * the last is not found after minutes.
 *
 * @throws ConditionNotMetError when one failed
 */
export async function runFiles(args: RunArgs, output: Output): Promise<void> {
  const { files = [] } = args;
  const scenarios = files.map((file) => withSeed(readScenarioFile(file), args.rngSeed));
  const interruption = untilInterrupted();
  const records: RunRecord[] = [];
  try {
    for (const each of scenarios) {
      const record = await runOne(each, args, output, interruption.signal);
      records.push(record);
      if (record.outcome === "interrupted") break;
    }
  } finally {
    interruption.dismiss();
  }
  if (scenarios.length > 1 && !output.json) tellAll(records, output);
  if (records.some(({ outcome }) => outcome === "interrupted")) {
    process.exitCode = EXIT_INTERRUPTED;
    return;
  }
  const failed = records.filter(({ outcome }) => outcome === "failed");
  if (failed.length > 0) {
    const names = failed.map(({ scenario }) => scenario.name).join(", ");
    throw new ConditionNotMetError(`${formatCount(failed.length, "scenario")} failed: ${names}`);
  }
}

async function runOne(
  { file, scenario }: ScenarioFile,
  args: RunArgs,
  output: Output,
  signal: AbortSignal,
): Promise<RunRecord> {
  const world: WorldName = args.sim === true ? "sim" : "real";
  const cluster = openCluster(scenario, world);
  const lines = new StepLines(process.stderr, output.style, () => cluster.nowMs);
  output.talk(`${scenario.name}, ${describe(scenario, world)}`);
  try {
    const record = await runScenario(scenario, {
      cluster,
      file,
      replay: replayOf(file, scenario, world),
      startedAt: world === "sim" ? null : new Date().toISOString(),
      signal,
      progress: lines,
    });
    lines.close();
    tellOutcome(record, output);
    return record;
  } finally {
    lines.close();
    await cluster.close();
  }
}

function openCluster({ rngSeed, config }: Scenario, world: WorldName): Cluster {
  return world === "sim"
    ? new SimScenarioCluster({ rngSeed, config })
    : new ProcessCluster({ entry: ENTRY, config, env: process.env });
}

function withSeed({ file, scenario }: ScenarioFile, rngSeed: number | undefined): ScenarioFile {
  return { file, scenario: rngSeed === undefined ? scenario : { ...scenario, rngSeed } };
}

function describe({ nodes, config, rngSeed }: Scenario, world: WorldName): string {
  const where = world === "sim" ? `in virtual time, rngSeed ${rngSeed}` : "on real daemons";
  return `${formatCount(nodes.length, "node")} ${where}, profile ${config.profile}`;
}

function replayOf(file: string, { rngSeed }: Scenario, world: WorldName): string {
  return world === "sim"
    ? `hearsay run --sim --rng-seed ${rngSeed} ${file}`
    : `hearsay run --real ${file}`;
}

function tellOutcome(record: RunRecord, output: Output): void {
  if (output.json) {
    output.data(JSON.stringify(record));
    return;
  }
  if (record.outcome === "failed") {
    for (const line of formatFailures(output.style, record)) output.data(line);
  }
  output.data(outcomeLine(record, output));
}

function tellAll(records: readonly RunRecord[], output: Output): void {
  output.data("");
  for (const record of records) output.data(outcomeLine(record, output));
}

function outcomeLine(
  { outcome, scenario, durationMs, failure }: RunRecord,
  { style }: Output,
): string {
  const glyphs = style.ascii
    ? { passed: "+", failed: "x", interrupted: "!" }
    : { passed: "✓", failed: "✗", interrupted: "■" };
  const why = failure === null ? "" : `: ${failure}`;
  return `${glyphs[outcome]} ${scenario.name} ${outcome} after ${(durationMs / 1000).toFixed(1)} s${why}`;
}
