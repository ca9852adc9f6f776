import type { Output } from "../output.ts";
import { runExperimentCommand } from "./run-experiment-command.ts";
import { replaySeed, runSwarmCommand } from "./run-swarm-command.ts";
import type { SimArgs } from "./sim-args.ts";

const SEEDS_DEFAULT = 100;

/** One big cluster, a swarm of small ones, or one of the swarm again. */
export async function runSim(args: SimArgs, output: Output): Promise<void> {
  const { swarm, rngSeed, seeds = SEEDS_DEFAULT, from = 1, workers, story } = args;
  if (!swarm) await runExperimentCommand(args, output);
  else if (rngSeed !== undefined) replaySeed(rngSeed, story, output);
  else await runSwarmCommand({ from, seeds, workers, story }, output);
}
