import type { CommandModule } from "yargs";
import type { NetworkName } from "../../src/sim/network-model.ts";
import { STORY_NAMES } from "../../src/sim/swarm/story-names.ts";
import { UsageError } from "../errors.ts";
import {
  asciiOption,
  countOption,
  defaultOption,
  durationOption,
  jsonOption,
  parseCount,
  parseDuration,
  profileOption,
  rngSeedOption,
  switchOption,
  valueOption,
} from "../options.ts";
import { openOutput } from "../output.ts";
import { parsePortion, parseShare } from "../sim/portions.ts";
import type { SimArgs } from "../sim/run-sim.ts";

const NODES_MAX = 10_000;
const RNG_SEED_MAX = 0xffff_ffff;

/** `hearsay sim`: experiments and swarm runs in virtual time. */
export const simCommand: CommandModule<object, SimArgs> = {
  command: "sim",
  describe: "Run clusters of any size in virtual time, with faults",
  builder: (yargs) =>
    yargs
      .options({ ...clusterOptions(), ...faultOptions(), ...swarmOptions() })
      .example("$0 sim --nodes 1000 --loss 0.1 --crash 10 --duration 60s", "ten crashes among 1000")
      .example("$0 sim --swarm --seeds 1000", "a thousand clusters under drawn faults")
      .example("$0 sim --swarm --rng-seed 7", "one of them again, with what was drawn"),
  handler: async (args) => {
    checkTogether(args);
    const { runSim } = await import("../sim/run-sim.ts");
    await runSim(args, openOutput(args));
  },
};

function clusterOptions() {
  return {
    nodes: defaultOption("--nodes", "Processes", "100", (option, text) =>
      parseCount(option, text, 1, NODES_MAX),
    ),
    profile: profileOption,
    network: {
      describe: "Latency of the links [wan for --profile wan, else lan]",
      choices: ["lan", "wan", "mixed"] as const satisfies readonly NetworkName[],
    },
    loss: defaultOption(
      "--loss",
      "Share of datagrams lost on every link, as 0.1 or 10%",
      "0",
      parseShare,
    ),
    refusals: {
      describe:
        "Whether hosts refuse datagrams for dead processes (--no-refusals: a firewall drops the refusals)",
      type: "boolean",
      default: true,
    },
    join: switchOption("Start with a join of all at once instead of members that know each other"),
    duration: durationOption("--duration", "Virtual time", "60s"),
    "rng-seed": rngSeedOption("Seed of everything that happens [1]"),
    json: jsonOption,
    ascii: asciiOption,
  } as const;
}

function faultOptions() {
  const portion = (option: string, describe: string) =>
    defaultOption(option, `${describe}, a count or a share such as 10%`, "0", parsePortion);
  return {
    crash: portion("--crash", "Processes that crash while their hosts keep running"),
    "host-crash": portion("--host-crash", "Hosts that lose their power"),
    stall: portion("--stall", "Processes that stop for --stall-for"),
    "stall-for": durationOption("--stall-for", "How long each stops", "2s"),
    partition: portion("--partition", "Members of the smaller side of a partition"),
    "partition-for": durationOption("--partition-for", "How long it lasts", "20s"),
    at: valueOption(
      "--at",
      "All faults at this moment instead of spread over the run",
      parseDuration,
    ),
  } as const;
}

function swarmOptions() {
  return {
    swarm: switchOption("Draw cluster, network and faults from each seed, and check every rule"),
    seeds: countOption("--seeds", "With --swarm: how many seeds [100]", 1, RNG_SEED_MAX),
    from: countOption("--from", "With --swarm: the first seed [1]", 0, RNG_SEED_MAX),
    story: {
      describe: "With --swarm: only runs of this kind; without it, as each seed draws",
      choices: STORY_NAMES,
    },
    workers: countOption("--workers", "With --swarm: threads [one a core]", 1, 256),
  } as const;
}

function checkTogether({ swarm, seeds, from, workers, story, rngSeed }: SimArgs): void {
  const isForSwarm = seeds !== undefined || from !== undefined || workers !== undefined;
  if ((isForSwarm || story !== undefined) && !swarm) {
    throw new UsageError(
      "--seeds, --from, --story and --workers need --swarm; add it, or remove them",
    );
  }
  if (swarm && rngSeed !== undefined && isForSwarm) {
    throw new UsageError(
      "--rng-seed with --swarm runs that one seed again; leave out --seeds, --from and --workers",
    );
  }
}
