import type { CommandModule } from "yargs";
import { UsageError } from "../errors.ts";
import { type AttachArgs, attachOptions, once, parseDuration } from "../options.ts";
import type { Since } from "../reading/show-events.ts";

interface EventsArgs extends AttachArgs {
  readonly follow: boolean;
  readonly since?: Since | undefined;
}

export const eventsCommand: CommandModule<object, EventsArgs> = {
  command: "events",
  describe: "Print what happened at a node, with the reasons",
  builder: (yargs) =>
    yargs.options({
      ...attachOptions,
      follow: { alias: "f", describe: "Go on until Ctrl-C", type: "boolean", default: false },
      since: {
        describe: "Begin so long ago (90s, 10m) or behind this index of the stream (17)",
        type: "string",
        requiresArg: true,
        coerce: parseSince,
      },
    }),
  handler: async (args) => {
    const [{ openSession }, { showEvents }] = await Promise.all([
      import("../session.ts"),
      import("../reading/show-events.ts"),
    ]);
    await showEvents(await openSession(args), { follow: args.follow, since: args.since });
  },
};

function parseSince(value: unknown): Since | undefined {
  const text = once("--since")(value);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return { index: Number(text) };
  if (!/^[\d.]+[a-z]+$/.test(text)) {
    throw new UsageError(
      `--since: ${JSON.stringify(text)} is neither a duration (90s, 10m) nor an index`,
    );
  }
  return { agoMs: parseDuration("--since", text) };
}
