import { Worker } from "node:worker_threads";
import { compiledFile } from "../../src/daemon/program.ts";
import type { ExperimentProgress, ExperimentResult } from "../../src/sim/experiment/experiment.ts";
import type { ExperimentOptions } from "../../src/sim/experiment/experiment-options.ts";
import { classesOf, formatViolation } from "../../src/sim/swarm/report.ts";
import { type RunStats, simulate } from "../../src/sim/swarm/simulate.ts";
import type { StoryName } from "../../src/sim/swarm/story-names.ts";
import { swarm } from "../../src/sim/swarm/swarm.ts";

/** What a worker thread is given. */
export type Work =
  | { readonly kind: "experiment"; readonly options: ExperimentOptions }
  | {
      readonly kind: "swarm";
      readonly first: number;
      readonly last: number;
      readonly step: number;
      readonly story?: StoryName | undefined;
    };

/** One seed of a swarm that has run. */
export interface SeedOutcome {
  readonly rngSeed: number;
  readonly story: StoryName;
  /** What it drew: its story, the kinds of its faults, and what was special from the start. */
  readonly classes: readonly string[];
  readonly digest: string;
  readonly stats: RunStats;
  /** The rule that was broken and the whole story, or undefined. */
  readonly violation: { readonly rule: string; readonly text: string } | undefined;
}

/** What it says. */
export type Word =
  | { readonly kind: "progress"; readonly progress: ExperimentProgress }
  | { readonly kind: "experiment"; readonly result: ExperimentResult }
  | { readonly kind: "seed"; readonly outcome: SeedOutcome };

/** Runs one seed of the swarm, and tells the story of a violation. */
export function runSeed(rngSeed: number, story?: StoryName): SeedOutcome {
  const options = swarm(rngSeed, story);
  const { violation, digest, stats } = simulate(options);
  const told = violation && { rule: violation.rule, text: formatViolation(options, violation) };
  return {
    rngSeed,
    story: options.story,
    classes: classesOf(options),
    digest,
    stats,
    violation: told,
  };
}

/** Most of what a run makes lives for one step: room for it spares a fifth of the time. */
const YOUNG_MIB = 96;

/** Does `work` in a thread of its own, with a heap of `heapMiB`; ends when the work is done. */
export function doInWorker(
  work: Work,
  heapMiB: number,
  onWord: (word: Word) => void,
): Promise<void> {
  const worker = new Worker(compiledFile("cli/sim/sim-worker.js"), {
    workerData: work,
    resourceLimits: { maxOldGenerationSizeMb: heapMiB, maxYoungGenerationSizeMb: YOUNG_MIB },
  });
  return new Promise((resolve, reject) => {
    worker.on("message", onWord);
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
}
