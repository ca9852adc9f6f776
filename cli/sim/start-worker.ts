import { Worker } from "node:worker_threads";
import { compiledFile } from "../../src/daemon/program.ts";
import type { Word, Work } from "./work.ts";

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
