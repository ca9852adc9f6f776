import type { CommandModule } from "yargs";
import { formatHelpPage, type HelpGroup } from "../src/text/help-page.ts";
import { benchCommand } from "./commands/bench.ts";
import { completionCommand } from "./commands/completion.ts";
import { dashboardCommand } from "./commands/dashboard.ts";
import { demoCommand } from "./commands/demo.ts";
import { faultsCommand } from "./commands/faults.ts";
import { infoCommand } from "./commands/info.ts";
import {
  doctorCommand,
  explainCommand,
  membersCommand,
  resolveCommand,
  rttCommand,
  viewsCommand,
  waitCommand,
} from "./commands/inspect.ts";
import { keygenCommand } from "./commands/keygen.ts";
import { keysCommand } from "./commands/keys.ts";
import { downCommand, psCommand, upCommand } from "./commands/local.ts";
import { eventCommand, eventsCommand, queryCommand } from "./commands/messages.ts";
import {
  forgetCommand,
  joinCommand,
  leaveCommand,
  maintCommand,
  reloadCommand,
} from "./commands/operate.ts";
import { guestCommand, lookCommand, pathsCommand } from "./commands/pools.ts";
import { runCommand, validateCommand } from "./commands/scenarios.ts";
import { freezeCommand, killCommand, thawCommand } from "./commands/signals.ts";
import { simCommand } from "./commands/sim.ts";
import { startCommand } from "./commands/start.ts";
import { templateCommand } from "./commands/template.ts";

/** Any of the commands; the arguments differ from one to the next. */
// biome-ignore lint/suspicious/noExplicitAny: only yargs puts a command and its own arguments together
export type AnyCommand = CommandModule<object, any>;

/** All commands, as the first page of help groups them. */
const COMMAND_GROUPS: readonly (readonly [title: string, commands: readonly AnyCommand[]])[] = [
  ["Run a cluster", [startCommand, demoCommand, upCommand, downCommand, psCommand]],
  [
    "Look at it",
    [
      ...[
        membersCommand,
        explainCommand,
        eventsCommand,
        viewsCommand,
        rttCommand,
        dashboardCommand,
      ],
      ...[doctorCommand, waitCommand, infoCommand],
    ],
  ],
  ["Look at other pools", [lookCommand, guestCommand, pathsCommand]],
  [
    "Operate it",
    [
      joinCommand,
      leaveCommand,
      maintCommand,
      forgetCommand,
      reloadCommand,
      keygenCommand,
      keysCommand,
      completionCommand,
    ],
  ],
  ["Find and tell", [resolveCommand, templateCommand, eventCommand, queryCommand]],
  [
    "Break it, and measure",
    [
      killCommand,
      freezeCommand,
      thawCommand,
      faultsCommand,
      runCommand,
      validateCommand,
      simCommand,
      benchCommand,
    ],
  ],
];

/** All commands. */
export const COMMANDS: readonly AnyCommand[] = COMMAND_GROUPS.flatMap(([, commands]) => commands);

/** The word that a command is called by. */
export function commandName({ command }: AnyCommand): string {
  return String([command].flat()[0]).split(" ")[0] ?? "";
}

/** What `hearsay --help` prints. */
export function firstPage(): string {
  const groups = COMMAND_GROUPS.map(
    ([title, commands]): HelpGroup => ({
      title,
      rows: commands.map((command) => [commandName(command), String(command.describe)]),
    }),
  );
  return formatHelpPage({
    usage: USAGE,
    groups: [...groups, EXAMPLES, OPTIONS],
    footer: FOOTER,
  }).join("\n");
}

const USAGE = [
  "hearsay <command> [options]",
  "",
  "Who is alive right now: gossip membership with a failure detector per peer.",
];

const EXAMPLES: HelpGroup = {
  isWide: true,
  title: "Examples",
  rows: [
    ["hearsay demo", "a cluster to play with, in the dashboard"],
    ["hearsay up 5 && hearsay members", "five daemons, and what the first sees"],
    ["hearsay run --sim scenarios/*.yaml", "clusters that break, in virtual time"],
  ],
};

const OPTIONS: HelpGroup = {
  title: "Options",
  rows: [
    ["-h, --help", "this page, or that of a command: hearsay start --help"],
    ["-v, --version", "the version"],
  ],
};

const FOOTER = [
  "Exit codes: 0 ok, 1 condition not met, 2 usage or configuration, 3 node",
  "unreachable, 70 a bug in hearsay.",
];
