import { parentPort } from "node:worker_threads";
import { runTrial, type Trial } from "./trials/trial.ts";

/** The other end of a trial pool: one trial in, its result out. */
parentPort?.on("message", (trial: Trial) => parentPort?.postMessage(runTrial(trial)));
