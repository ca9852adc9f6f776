import type { CommandModule } from "yargs";
import type { FaultsArgs } from "../faults/cluster-faults.ts";
import { type AttachArgs, attachOptions, durationOption, switchOption } from "../options.ts";
import { atNode } from "./at-node.ts";

const ACTIONS = ["show", "cut", "heal"] as const satisfies readonly FaultsArgs["action"][];

/** `hearsay faults`: shows, cuts or heals links. */
export const faultsCommand: CommandModule<object, AttachArgs & FaultsArgs> = {
  command: "faults [action] [groups..]",
  describe: "Cut or heal links of daemons that run with --allow-faults",
  builder: (yargs) =>
    yargs
      .options({
        ...attachOptions,
        "one-way": switchOption("Cut only from the first group to the others"),
        for: durationOption("--for", "Time until the links heal by themselves, at most 1h", "1m"),
      })
      .positional("action", { describe: "What to do", choices: ACTIONS, default: "show" as const })
      .positional("groups", {
        describe: "With cut: members that lose each other, such as n1,n2 n3,n4,n5",
        type: "string",
        array: true,
        default: [] as string[],
      })
      .example("$0 faults cut n1,n2 n3,n4,n5 --for 30s", "a partition of half a minute"),
  handler: atNode(async () => (await import("../faults/cluster-faults.ts")).runFaults),
};
