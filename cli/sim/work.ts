import { Worker } from "node:worker_threads";
import { compiledFile } from "../../src/daemon/program.ts";
import type { ExperimentProgress, ExperimentResult } from "../../src/sim/experiment/experiment.ts";
import type { ExperimentOptions } from "../../src/sim/experiment/experiment-options.ts";
import type { SeedOutcome } from "../../src/sim/swarm/run-seed.ts";
import type { StoryName } from "../../src/sim/swarm/story-names.ts";

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

/** What it says. */
export type Word =
  | { readonly kind: "progress"; readonly progress: ExperimentProgress }
  | { readonly kind: "experiment"; readonly result: ExperimentResult }
  | { readonly kind: "seed"; readonly outcome: SeedOutcome };

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
