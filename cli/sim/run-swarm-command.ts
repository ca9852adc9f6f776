import { availableParallelism } from "node:os";
import { formatOptions, replayCommand } from "../../src/sim/swarm/report.ts";
import { runSeed, type SeedOutcome } from "../../src/sim/swarm/run-seed.ts";
import type { StoryName } from "../../src/sim/swarm/story-names.ts";
import { swarm } from "../../src/sim/swarm/swarm.ts";
import { ConditionNotMetError } from "../errors.ts";
import { type Output, printJson } from "../output.ts";
import { ProgressLine } from "./progress-line.ts";
import type { SimArgs } from "./run-sim.ts";
import { doInWorker } from "./work.ts";

const HEAP_MIB = 1_024;

/** Violations told in full; the rest by their seeds. */
const TOLD_MAX = 3;

const SEEDS_DEFAULT = 100;

function newTotals() {
  return {
    ...{ seeds: 0, steps: 0, delivered: 0, falseDeaths: 0, cutShort: 0 },
    /** How many seeds drew each class of faults. */
    classes: {} as Record<string, number>,
    violations: [] as { rngSeed: number; rule: string }[],
  };
}

type Totals = ReturnType<typeof newTotals>;

/** @throws ConditionNotMetError when a seed breaks a rule */
export async function runSwarmCommand(args: SimArgs, output: Output): Promise<void> {
  const { from = 1, seeds = SEEDS_DEFAULT, story } = args;
  const workers = Math.min(args.workers ?? availableParallelism(), seeds);
  output.talk(`seeds ${from} to ${from + seeds - 1} on ${workers} threads`);
  const startedMs = performance.now();
  const totals = newTotals();
  const progress = new ProgressLine();
  const take = (outcome: SeedOutcome): void => {
    add(totals, outcome);
    if (outcome.violation !== undefined) {
      progress.clear();
      tell(outcome, totals, output);
    }
    progress.show(() => progressText(totals, seeds, performance.now() - startedMs));
  };
  await Promise.all(
    Array.from({ length: workers }, (_, index) => {
      const last = from + seeds - 1;
      const work = { kind: "swarm", first: from + index, last, step: workers, story } as const;
      return doInWorker(work, HEAP_MIB, (word) => word.kind === "seed" && take(word.outcome));
    }),
  );
  progress.clear();
  summarize(totals, from, performance.now() - startedMs, output);
}

/** One seed again: what it drew, and how it went. */
export function replaySeed(rngSeed: number, story: StoryName | undefined, output: Output): void {
  const options = swarm(rngSeed, story);
  if (!output.json)
    for (const line of [`seed ${rngSeed}`, ...formatOptions(options)]) output.data(line);
  const outcome = runSeed(rngSeed, story);
  const { violation, digest, stats } = outcome;
  const healed =
    stats.healedMs === undefined ? "" : `, one view ${stats.healedMs.toFixed(0)} ms after the heal`;
  const clean = `no rule broken in ${stats.steps} steps${healed}; digest ${digest}`;
  if (!printJson(output, { v: 1, options, ...outcome })) output.data(violation?.text ?? clean);
  if (violation !== undefined) throw new ConditionNotMetError(`seed ${rngSeed}: ${violation.rule}`);
}

function add(totals: Totals, { rngSeed, classes, stats, violation }: SeedOutcome): void {
  totals.seeds++;
  totals.steps += stats.steps;
  totals.delivered += stats.delivered;
  totals.falseDeaths += stats.falseDeaths;
  for (const name of classes) totals.classes[name] = (totals.classes[name] ?? 0) + 1;
  totals.cutShort += Number(stats.isCutShort);
  if (violation !== undefined) totals.violations.push({ rngSeed, rule: violation.rule });
}

function tell({ rngSeed, story, violation }: SeedOutcome, totals: Totals, output: Output): void {
  if (violation === undefined || output.json) return;
  if (totals.violations.length <= TOLD_MAX) output.data(`${violation.text}\n`);
  else
    output.data(`seed ${rngSeed}: ${violation.rule}; replay: ${replayCommand({ rngSeed, story })}`);
}

function progressText(totals: Totals, seeds: number, tookMs: number): string {
  const leftS = ((tookMs / totals.seeds) * (seeds - totals.seeds)) / 1000;
  return `${totals.seeds} of ${seeds} seeds, ${totals.violations.length} violations, about ${leftS.toFixed(0)} s left`;
}

function summarize(totals: Totals, from: number, tookMs: number, output: Output): void {
  const { seeds, steps, delivered, falseDeaths, cutShort, violations } = totals;
  const tookS = tookMs / 1000;
  if (!printJson(output, { v: 1, from, tookS, ...totals })) {
    output.data(
      `${seeds} seeds from ${from}, ${violations.length} violations; ${steps} steps, ${delivered} datagrams, ` +
        `${falseDeaths} disturbed members declared dead, ${cutShort} runs cut short; ` +
        `${tookS.toFixed(1)} s, ${Math.round(steps / tookS)} steps/s`,
    );
    const drawn = Object.entries(totals.classes).sort(([a], [b]) => (a < b ? -1 : 1));
    output.data(
      `seeds by what they drew: ${drawn.map(([name, count]) => `${name} ${count}`).join(", ")}`,
    );
  }
  if (violations.length > 0) {
    throw new ConditionNotMetError(`${violations.length} of ${seeds} seeds break a rule`);
  }
}
