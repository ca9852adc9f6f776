import type { CommandModule } from "yargs";
import { UsageError } from "../errors.ts";
import {
  type AttachArgs,
  attachOptions,
  durationOption,
  parseDuration,
  valueOption,
} from "../options.ts";
import type { Since } from "../reading/messages.ts";
import { atNode } from "./at-node.ts";

const messages = () => import("../reading/messages.ts");

const payloadPositional = { describe: "Text of at most 512 bytes", type: "string" } as const;

interface EventArgs extends AttachArgs {
  readonly name: string;
  readonly payload?: string | undefined;
}

/** `hearsay event`: tells all nodes that something happened. */
export const eventCommand: CommandModule<object, EventArgs> = {
  command: "event <name> [payload]",
  describe: "Send a user event to all nodes",
  builder: (yargs) =>
    yargs
      .options(attachOptions)
      .positional("name", {
        describe: "Name of the event: 1 to 64 of A-Z a-z 0-9 . _ -",
        type: "string",
        demandOption: true,
      })
      .positional("payload", payloadPositional),
  handler: (args) =>
    atNode(args, messages, (session, { tellEvent }) =>
      tellEvent(session, { name: args.name, payload: args.payload }),
    ),
};

interface QueryArgs extends EventArgs {
  readonly timeout: number;
}

/** `hearsay query`: asks all nodes and prints their answers. */
export const queryCommand: CommandModule<object, QueryArgs> = {
  command: "query <name> [payload]",
  describe: "Send a query to all nodes and print the answers",
  builder: (yargs) =>
    yargs
      .options({
        ...attachOptions,
        timeout: durationOption("--timeout", "Deadline of the answers, at most 60s", "5s"),
      })
      .positional("name", {
        describe: "Name of the query: 1 to 64 of A-Z a-z 0-9 . _ -",
        type: "string",
        demandOption: true,
      })
      .positional("payload", payloadPositional),
  handler: (args) =>
    atNode(args, messages, (session, { askQuery }) =>
      askQuery(session, { name: args.name, payload: args.payload, timeoutMs: args.timeout }),
    ),
};

interface EventsArgs extends AttachArgs {
  readonly follow: boolean;
  readonly since?: Since | undefined;
}

/** `hearsay events`: the node's events, as lines. */
export const eventsCommand: CommandModule<object, EventsArgs> = {
  command: "events",
  describe: "Print what happened at a node, with the reasons",
  builder: (yargs) =>
    yargs.options({
      ...attachOptions,
      follow: { alias: "f", describe: "Go on until Ctrl-C", type: "boolean", default: false },
      since: valueOption(
        "--since",
        "Begin this long ago (90s, 10m) or after this index of the stream (17)",
        parseSince,
      ),
    }),
  handler: (args) =>
    atNode(args, messages, (session, { showEvents }) =>
      showEvents(session, { follow: args.follow, since: args.since }),
    ),
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
