import type { CommandModule } from "yargs";
import { UsageError } from "../errors.ts";
import { type AttachArgs, attachOptions, durationOption } from "../options.ts";
import { atNode } from "./at-node.ts";

const faults = () => import("../faults/cluster-faults.ts");

const ACTIONS = ["show", "cut", "heal"] as const;

interface FaultsArgs extends AttachArgs {
  readonly action: (typeof ACTIONS)[number];
  readonly groups: readonly string[];
  readonly oneWay?: boolean | undefined;
  readonly for: number;
}

/** `hearsay faults`: shows, cuts or heals links. */
export const faultsCommand: CommandModule<object, FaultsArgs> = {
  command: "faults [action] [groups..]",
  describe: "Show, cut or heal the links of daemons that run with --allow-faults",
  builder: (yargs) =>
    yargs
      .options({
        ...attachOptions,
        "one-way": {
          describe: "Cut only from the first group to the others",
          type: "boolean",
          default: false,
        },
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
  handler: ({ action, groups, oneWay, for: ttlMs, ...args }) =>
    atNode(args, faults, async (session, { showFaults, cutLinks, healLinks }) => {
      if (action !== "cut" && groups.length > 0) {
        throw new UsageError(`faults ${action}: takes no members; only cut does`);
      }
      if (action === "show") await showFaults(session);
      else if (action === "heal") await healLinks(session);
      else {
        const isOneWay = oneWay === true;
        await cutLinks(session, { groups: groups.map(parseGroup), isOneWay, ttlMs });
      }
    }),
};

function parseGroup(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => name !== "")) return names;
  throw new UsageError(`faults cut: ${JSON.stringify(text)} is not a group; use n1,n2`);
}
