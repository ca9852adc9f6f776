import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError } from "../../core/errors.ts";
import { formatCount, formatSpan } from "../../text/quantities.ts";
import { formatTable, right } from "../../text/table.ts";
import type { BenchOutput } from "../bench-output.ts";
import { PACED } from "./candidates/candidate.ts";
import { type CaseFigures, figuresOf } from "./report/figures.ts";
import { insertReport, markdownReport } from "./report/markdown.ts";
import { paceLine } from "./report/pace-line.ts";
import { plotCostAgainstSize, plotTimeAgainstFalseDeaths } from "./report/plots.ts";
import { REPRODUCTION_COLUMNS, reproductionRows } from "./report/reproduction.ts";
import { reportTables } from "./report/tables.ts";
import { runTrials } from "./trial-pool.ts";
import type { Trial, TrialResult } from "./trials/trial.ts";
import { pacedSizes, paceOf, pacingTrials, withPaces } from "./workloads/pacing.ts";
import { type BenchmarkCase, isOurs } from "./workloads/workload.ts";

/** What is run, and where its report goes. */
export interface DetectorRun {
  readonly cases: readonly BenchmarkCase[];
  /** The command line that gives these figures again. */
  readonly command: string;
  readonly version: string;
  /** A Markdown document with the marks of the report; the plots are written beside it. */
  readonly out: string | undefined;
}

interface Job {
  readonly at: number;
  readonly index: number;
  readonly trial: Trial;
}

/** Runs the cases on all cores, tells the tables, and writes the document where one is given. */
export async function runDetectorBench(run: DetectorRun, output: BenchOutput): Promise<void> {
  const document = run.out === undefined ? undefined : await readDocument(run.out);
  const paces = await measurePaces(run.cases, output);
  const figures = await measure(withPaces(run.cases, paces), output);
  if (output.json) {
    const { command, version } = run;
    const study = reproductionRows(figures);
    output.data(JSON.stringify({ v: 1, command, version, figures: figures, study }));
  } else tellTables(figures, output);
  if (run.out === undefined || document === undefined) return;
  await writeReport(figures, document, { ...run, out: run.out });
  output.talk(`wrote ${run.out} and its plots`);
}

/** At which pace Lifeguard costs what hearsay does, by size; where that is to be compared. */
async function measurePaces(
  cases: readonly BenchmarkCase[],
  output: BenchOutput,
): Promise<ReadonlyMap<number, number>> {
  const rngSeed = cases[0]?.trials[0]?.rngSeed ?? 1;
  const results = new Map(pacedSizes(cases).map((size) => [size, [] as TrialResult[]]));
  const jobs = [...results.keys()]
    .sort((a, b) => b - a)
    .flatMap((size) => pacingTrials(size, rngSeed).map((trial, index) => ({ size, index, trial })));
  await runTrials(jobs, ({ size, index }, result) => {
    (results.get(size) as TrialResult[])[index] = result;
  });
  return new Map(
    [...results].map(([size, ofSize]) => {
      const pace = paceOf(ofSize);
      output.talk(`${PACED}, n = ${size}: ${pace.toFixed(3)} of its default intervals`);
      return [size, pace];
    }),
  );
}

/** The largest first, so that no core waits for the last one; figures in the order of the cases. */
async function measure(
  cases: readonly BenchmarkCase[],
  output: BenchOutput,
): Promise<CaseFigures[]> {
  const beginMs = performance.now();
  const results = cases.map(({ trials }) => new Array<TrialResult | undefined>(trials.length));
  const left = cases.map(({ trials }) => trials.length);
  const tookMs = cases.map(() => 0);
  const jobs = cases
    .flatMap(({ trials }, at) => trials.map((trial, index): Job => ({ at, index, trial })))
    .sort((a, b) => costOf(b.trial) - costOf(a.trial) || a.at - b.at || a.index - b.index);
  let done = 0;
  await runTrials(jobs, ({ at, index }, result, trialMs) => {
    tookMs[at] = (tookMs[at] ?? 0) + trialMs;
    (results[at] as (TrialResult | undefined)[])[index] = result;
    done++;
    left[at] = (left[at] ?? 0) - 1;
    if (left[at] !== 0) return;
    const { workload, size, candidate } = cases[at] as BenchmarkCase;
    const spent = formatSpan(performance.now() - beginMs).padStart(7);
    const cost = `its trials took ${formatSpan(tookMs[at] ?? 0)}`;
    const progress = `${cost}; ${done} of ${formatCount(jobs.length, "trial")}`;
    output.talk(`${spent}  ${workload.name}, n = ${size}, ${candidate}  (${progress})`);
  });
  return cases.map((measured, at) =>
    figuresOf(
      measured,
      (results[at] ?? []).filter((result) => result !== undefined),
    ),
  );
}

/** A guess that only orders: hearsay sends eight times what a baseline sends. */
function costOf({ size, candidate, plan }: Trial): number {
  const seconds = "forMs" in plan ? plan.forMs / 1000 : 30;
  return size * (seconds + size / 50) * (isOurs(candidate) ? 10 : 1);
}

function tellTables(figures: readonly CaseFigures[], output: BenchOutput): void {
  for (const { title, columns, rows } of reportTables(figures)) {
    output.data(title);
    const shown = columns.map((name, at) => (at === 0 || at === 2 ? name : right(name)));
    for (const line of formatTable(shown, rows)) output.data(line);
    output.data("");
  }
  const pace = paceLine(figures);
  if (pace !== undefined) for (const line of [pace, ""]) output.data(line);
  const reproduced = reproductionRows(figures);
  if (reproduced.length === 0) return;
  output.data("The model study's figures");
  for (const line of formatTable(REPRODUCTION_COLUMNS, reproduced)) output.data(line);
}

async function readDocument(path: string): Promise<string> {
  try {
    const document = await readFile(path, "utf8");
    // Refused now rather than after an hour.
    insertReport(document, "", path);
    return document;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { message } = error as Error;
    throw new ConfigError(`--out: ${path} cannot be read (${message}); name a Markdown document`);
  }
}

async function writeReport(
  figures: readonly CaseFigures[],
  document: string,
  { out, command, version, cases }: DetectorRun & { readonly out: string },
): Promise<void> {
  const plots = [
    { name: "detector-time-vs-fp.svg", svg: plotTimeAgainstFalseDeaths(figures) },
    { name: "detector-cost-vs-n.svg", svg: plotCostAgainstSize(figures) },
  ].flatMap(({ name, svg }) => (svg === undefined ? [] : [{ name, svg }]));
  for (const { name, svg } of plots) await writeFile(join(dirname(out), name), svg);
  const origin = { command, version, cases, plots: plots.map(({ name }) => name) };
  await writeFile(out, insertReport(document, markdownReport(figures, origin), out));
}
