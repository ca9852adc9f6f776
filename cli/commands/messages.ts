import type { CommandModule } from "yargs";
import { UsageError } from "../errors.ts";
import {
  type AttachArgs,
  attachOptions,
  durationOption,
  listOption,
  neededPositional,
  parseDuration,
  switchOption,
  textOption,
  valueOption,
} from "../options.ts";
import type { EventArgs, EventsArgs, QueryArgs, Since } from "../reading/messages.ts";
import { atNode } from "./at-node.ts";

const NAME = "1 to 64 of A-Z a-z 0-9 . _ -";

const payloadPositional = { describe: "Text of at most 512 bytes", type: "string" } as const;

/** `hearsay event`: tells all nodes that something happened. */
export const eventCommand: CommandModule<object, AttachArgs & EventArgs> = {
  command: "event <name> [payload]",
  describe: "Send a user event to all nodes",
  builder: (yargs) =>
    yargs
      .options(attachOptions)
      .positional("name", neededPositional(`Name of the event: ${NAME}`))
      .positional("payload", payloadPositional),
  handler: atNode(async () => (await import("../reading/messages.ts")).tellEvent),
};

/** `hearsay query`: asks all nodes and prints their answers. */
export const queryCommand: CommandModule<object, AttachArgs & QueryArgs> = {
  command: "query <name> [payload]",
  describe: "Send a query to all nodes and print the answers",
  builder: (yargs) =>
    yargs
      .options({
        ...attachOptions,
        timeout: durationOption("--timeout", "Deadline of the answers, at most 60s", "5s"),
      })
      .positional("name", neededPositional(`Name of the query: ${NAME}`))
      .positional("payload", payloadPositional),
  handler: atNode(async () => (await import("../reading/messages.ts")).askQuery),
};

/** `hearsay events`: the node's events, as lines. */
export const eventsCommand: CommandModule<object, AttachArgs & EventsArgs> = {
  command: "events",
  describe: "Print what happened at a node, with the reasons",
  builder: (yargs) =>
    yargs.options({
      ...attachOptions,
      follow: { alias: "f", ...switchOption("Continue until Ctrl-C") },
      since: valueOption(
        "--since",
        "Begin this long ago (90s, 10m) or after this index of the stream (17)",
        parseSince,
      ),
      member: textOption("--member", "Only events about this member"),
      kind: listOption("Only these kinds, such as member-changed; several with commas"),
    }),
  handler: atNode(async () => (await import("../reading/messages.ts")).showEvents),
};

function parseSince(option: string, text: string): Since {
  if (/^\d+$/.test(text)) return { index: Number(text) };
  if (!/^[\d.]+[a-z]+$/.test(text)) {
    throw new UsageError(
      `${option}: ${JSON.stringify(text)} is not a duration (90s, 10m) or an index`,
    );
  }
  return { agoMs: parseDuration(option, text) };
}
