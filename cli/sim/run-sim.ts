import type { ProfileName } from "../../src/core/config.ts";
import type { NetworkName } from "../../src/sim/network-model.ts";
import type { StoryName } from "../../src/sim/swarm/story-names.ts";
import type { Output } from "../output.ts";
import type { Portion } from "./portions.ts";
import { runExperimentCommand } from "./run-experiment-command.ts";
import { replaySeed, runSwarmCommand } from "./run-swarm-command.ts";

/** One big cluster, a swarm of small ones, or one of the swarm again. */
export async function runSim(args: SimArgs, output: Output): Promise<void> {
  if (!args.swarm) await runExperimentCommand(args, output);
  else if (args.rngSeed !== undefined) replaySeed(args.rngSeed, args.story, output);
  else await runSwarmCommand(args, output);
}

/** What `hearsay sim` was asked for. */
export interface SimArgs {
  readonly nodes: number;
  readonly profile: ProfileName;
  readonly network?: NetworkName | undefined;
  readonly loss: number;
  readonly refusals: boolean;
  readonly join: boolean;
  readonly duration: number;
  readonly rngSeed?: number | undefined;
  readonly crash: Portion;
  readonly "host-crash": Portion;
  readonly stall: Portion;
  readonly "stall-for": number;
  readonly partition: Portion;
  readonly "partition-for": number;
  readonly at?: number | undefined;
  readonly swarm: boolean;
  readonly seeds?: number | undefined;
  readonly from?: number | undefined;
  readonly story?: StoryName | undefined;
  readonly workers?: number | undefined;
  readonly json: boolean;
  readonly ascii: boolean;
}
