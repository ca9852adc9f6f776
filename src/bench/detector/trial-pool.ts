import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { compiledFile } from "../../daemon/program.ts";
import type { Trial, TrialResult } from "./trials/trial.ts";

/** Two thousand full tables need it; threads do not inherit the limit of the main one. */
const HEAP_MIB_MAX = 8192;
/** Tables that all live on are copied less often in a larger nursery. */
const NURSERY_MIB_MAX = 128;

/** Is called as a trial ends; `tookMs` is real time, on one thread. */
type OnResult<T> = (job: T, result: TrialResult, tookMs: number) => void;

/**
 * Runs trials on worker threads, one each at a time, and calls back as they end, in any order.
 * Rejects with the first error of a trial.
 */
export async function runTrials<T extends { readonly trial: Trial }>(
  jobs: readonly T[],
  onResult: OnResult<T>,
  threads = availableParallelism(),
): Promise<void> {
  const waiting = [...jobs];
  const workers = Array.from({ length: Math.min(threads, jobs.length) }, newWorker);
  try {
    await Promise.all(workers.map((worker) => serve(worker, waiting, onResult)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

async function serve<T extends { readonly trial: Trial }>(
  worker: Worker,
  waiting: T[],
  onResult: OnResult<T>,
): Promise<void> {
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
    const beginMs = performance.now();
    worker.postMessage(job.trial);
    // Rejects with the error of a trial.
    const [result] = (await once(worker, "message")) as [TrialResult];
    onResult(job, result, performance.now() - beginMs);
  }
}

function newWorker(): Worker {
  return new Worker(compiledFile("src/bench/detector/trial-worker.js"), {
    resourceLimits: {
      maxOldGenerationSizeMb: HEAP_MIB_MAX,
      maxYoungGenerationSizeMb: NURSERY_MIB_MAX,
    },
  });
}
