import type { CommandModule } from "yargs";
import type { NetworkName } from "../../src/sim/network-model.ts";
import { STORY_NAMES } from "../../src/sim/swarm/story-names.ts";
import { UsageError } from "../errors.ts";
import { durationOption, once, parseCount, parseDuration } from "../options.ts";
import { parsePortion, parseShare } from "../sim/portions.ts";
import type { SimArgs } from "../sim/sim-args.ts";

const NODES_DEFAULT = 100;
const NODES_MAX = 10_000;
const RNG_SEED_MAX = 0xffff_ffff;

export const simCommand: CommandModule<object, SimArgs> = {
  command: "sim",
  describe: "Run a cluster of any size in virtual time, or thousands of faulty ones by their seeds",
  builder: (yargs) =>
    yargs
      .options({ ...clusterOptions(), ...faultOptions(), ...swarmOptions() })
      .example("$0 sim --nodes 1000 --loss 0.1 --crash 10 --duration 60s", "ten crashes among 1000")
      .example("$0 sim --swarm --seeds 1000", "a thousand clusters under drawn faults")
      .example("$0 sim --swarm --rng-seed 7", "one of them again, with what was drawn"),
  handler: async (args) => {
    checkTogether(args);
    const { runSim } = await import("../sim/run-sim.ts");
    const { openOutput } = await import("../output.ts");
    await runSim(args, openOutput(args));
  },
};

function clusterOptions() {
  return {
    nodes: {
      describe: "Processes",
      type: "string",
      requiresArg: true,
      default: String(NODES_DEFAULT),
      coerce: (value: unknown) => countOf("--nodes", 1, NODES_MAX)(value) ?? NODES_DEFAULT,
    },
    profile: {
      describe: "Pace of the protocol",
      choices: ["local", "lan", "wan"] as const,
      default: "lan" as const,
    },
    network: {
      describe: "Latency of the links [wan for --profile wan, else lan]",
      choices: ["lan", "wan", "mixed"] as const satisfies readonly NetworkName[],
    },
    loss: {
      describe: "Share of datagrams lost on every link, as 0.1 or 10%",
      type: "string",
      requiresArg: true,
      default: "0",
      coerce: (value: unknown) => parseShare("--loss", once("--loss")(value) ?? "0"),
    },
    refusals: {
      describe: "Whether hosts refuse for dead processes (--no-refusals: a firewall drops it)",
      type: "boolean",
      default: true,
    },
    join: {
      describe: "Start with a join of all at once instead of members that know each other",
      type: "boolean",
      default: false,
    },
    duration: durationOption("--duration", "Virtual time", "60s"),
    "rng-seed": {
      describe: "Everything that happens follows from it [1]",
      type: "string",
      requiresArg: true,
      coerce: countOf("--rng-seed", 0, RNG_SEED_MAX),
    },
    json: { describe: "JSON for programs instead of text", type: "boolean", default: false },
    ascii: { describe: "ASCII instead of glyphs", type: "boolean", default: false },
  } as const;
}

function faultOptions() {
  const portion = (option: string, describe: string) =>
    ({
      describe: `${describe}, a count or a share such as 10%`,
      type: "string",
      requiresArg: true,
      default: "0",
      coerce: (value: unknown) => parsePortion(option, once(option)(value) ?? "0"),
    }) as const;
  return {
    crash: portion("--crash", "Processes that end while their hosts live on"),
    "host-crash": portion("--host-crash", "Hosts that lose their power"),
    stall: portion("--stall", "Processes that stand still for --stall-for"),
    "stall-for": durationOption("--stall-for", "How long each stands still", "2s"),
    partition: portion("--partition", "Members of the smaller side of a partition"),
    "partition-for": durationOption("--partition-for", "How long it lasts", "20s"),
    at: {
      describe: "All faults at this moment instead of spread over the run",
      type: "string",
      requiresArg: true,
      coerce: (value: unknown) => {
        const text = once("--at")(value);
        return text === undefined ? undefined : parseDuration("--at", text);
      },
    },
  } as const;
}

function swarmOptions() {
  return {
    swarm: {
      describe: "Draw cluster, network and faults from each seed, and check every rule",
      type: "boolean",
      default: false,
    },
    seeds: {
      describe: "With --swarm: how many seeds [100]",
      type: "string",
      requiresArg: true,
      coerce: countOf("--seeds", 1, RNG_SEED_MAX),
    },
    from: {
      describe: "With --swarm: the first seed [1]",
      type: "string",
      requiresArg: true,
      coerce: countOf("--from", 0, RNG_SEED_MAX),
    },
    story: {
      describe: "With --swarm: only runs of this kind; without it, as each seed draws",
      choices: STORY_NAMES,
    },
    workers: {
      describe: "With --swarm: threads [one a core]",
      type: "string",
      requiresArg: true,
      coerce: countOf("--workers", 1, 256),
    },
  } as const;
}

function countOf(option: string, min: number, max: number) {
  const single = once(option);
  return (value: unknown): number | undefined => {
    const text = single(value);
    return text === undefined ? undefined : parseCount(option, text, min, max);
  };
}

function checkTogether({ swarm, seeds, from, workers, story, rngSeed }: SimArgs): void {
  const isForSwarm = seeds !== undefined || from !== undefined || workers !== undefined;
  if ((isForSwarm || story !== undefined) && !swarm) {
    throw new UsageError(
      "--seeds, --from, --story and --workers go with --swarm; add it, or leave them out",
    );
  }
  if (swarm && rngSeed !== undefined && isForSwarm) {
    throw new UsageError(
      "--rng-seed with --swarm runs that one seed again; leave out --seeds, --from and --workers",
    );
  }
}
