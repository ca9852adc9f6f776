import { parentPort, workerData } from "node:worker_threads";
import { runExperiment } from "../../src/sim/experiment/experiment.ts";
import { runSeed } from "../../src/sim/swarm/run-seed.ts";
import type { Word, Work } from "./work.ts";

/** The thread that computes, so that the command can show progress and be interrupted. */
const work = workerData as Work;

if (work.kind === "experiment") {
  const result = runExperiment(work.options, (progress) => say({ kind: "progress", progress }));
  say({ kind: "experiment", result });
} else {
  for (let rngSeed = work.first; rngSeed <= work.last; rngSeed += work.step) {
    say({ kind: "seed", outcome: runSeed(rngSeed, work.story) });
  }
}

function say(word: Word): void {
  parentPort?.postMessage(word);
}
