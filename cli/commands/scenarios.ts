import type { CommandModule } from "yargs";
import { UsageError } from "../errors.ts";
import { asciiOption, countOption, rngSeedOption, switchOption, textOption } from "../options.ts";
import { openOutput } from "../output.ts";
import type { RunArgs } from "../scenario/run-one.ts";

const SEEDS_MAX = 10_000;

/** `hearsay run`: runs scenario files. */
export const runCommand: CommandModule<object, RunArgs> = {
  command: "run <files..>",
  describe: "Run scenarios: break a cluster, check what nodes believe",
  builder: (yargs) =>
    yargs
      .positional("files", { describe: "YAML files", type: "string", array: true })
      .options({
        real: { describe: "On real daemons on this machine [the default]", type: "boolean" },
        sim: { describe: "In the simulator, in virtual time", type: "boolean" },
        netns: {
          describe: "On real daemons, each on its own host: network namespaces, as root",
          type: "boolean",
        },
        "drop-icmp": {
          describe: "With --netns: the hosts receive no refusals, as behind a firewall",
          type: "boolean",
        },
        "in-namespace": { type: "boolean", hidden: true },
        "rng-seed": rngSeedOption("Of the simulator, instead of the scenario's own"),
        seeds: countOption(
          "--seeds",
          "With --sim: how many runs of each, the next seed each time [1]",
          1,
          SEEDS_MAX,
        ),
        plan: { describe: "Draw what would happen, and run nothing", type: "boolean" },
        report: textOption("--report", "Directory for the reports of every run"),
        dashboard: { describe: "Show the first node in the dashboard", type: "boolean" },
        keep: { describe: "Leave the cluster up at the end, until Ctrl-C", type: "boolean" },
        json: switchOption("The record of each run as one line of JSON"),
        ascii: asciiOption,
      })
      .example("$0 run scenarios/crash-one.yaml", "on five real daemons")
      .example("$0 run --sim scenarios/*.yaml", "all of them in virtual time"),
  handler: async (args) => {
    checkTogether(args);
    if (args.netns === true && args.inNamespace !== true) {
      const { runInOwnNamespace } = await import("../scenario/own-namespace.ts");
      process.exitCode = await runInOwnNamespace();
      return;
    }
    const { runFiles } = await import("../scenario/run-files.ts");
    await runFiles(args, openOutput(args));
  },
};

/** @throws UsageError for options that cannot be had together */
function checkTogether(args: RunArgs): void {
  const { files = [], real = false, sim = false, keep = false, plan = false } = args;
  const { dashboard = false, netns = false, dropIcmp = false, seeds, report } = args;
  const isSeedless = !sim || plan || report !== undefined;
  const isNoTerminal = process.stdout.isTTY !== true || process.stdin.isTTY !== true;
  const mistakes: readonly (readonly [is: boolean, told: string])[] = [
    [real && sim, "--real and --sim exclude each other; give one"],
    [seeds !== undefined && isSeedless, "--seeds needs --sim, and excludes --plan and --report"],
    [keep && sim, "--keep needs real daemons; the simulator has nothing to keep"],
    [
      keep && (files.length > 1 || plan),
      "--keep needs exactly one scenario that runs; name one file, without --plan",
    ],
    [netns && (sim || plan), "--netns needs real daemons that run; remove --sim and --plan"],
    [dropIcmp && !netns, "--drop-icmp needs --netns, whose hosts have a firewall; add it"],
    [
      dashboard && (sim || plan || files.length > 1),
      "--dashboard needs exactly one scenario on real daemons; remove the options that conflict",
    ],
    [dashboard && isNoTerminal, "--dashboard needs a terminal; leave it out here"],
  ];
  const mistake = mistakes.find(([is]) => is);
  if (mistake !== undefined) throw new UsageError(mistake[1]);
}

/** `hearsay validate`: reads scenarios and files of settings without running them. */
export const validateCommand: CommandModule<
  object,
  Pick<RunArgs, "files"> & { readonly schema: boolean }
> = {
  command: ["validate [files..]", "check"],
  describe: "Check scenarios and files of settings, running nothing",
  builder: (yargs) =>
    yargs
      .positional("files", { describe: "YAML or JSON files", type: "string", array: true })
      .options({
        schema: switchOption("Print the JSON Schema of scenarios, for editors"),
      })
      .example("$0 validate node.yaml", "the settings for hearsay start --config")
      .example("$0 validate scenarios/*.yaml", "every mistake with its line and column"),
  handler: async ({ files = [], schema }) => {
    if (schema === files.length > 0) {
      throw new UsageError("validate which files? name some, or give --schema alone");
    }
    const { checkFiles, printSchema } = await import("../scenario/run-files.ts");
    if (schema) printSchema();
    else await checkFiles(files);
  },
};
