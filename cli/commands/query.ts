import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions, durationOption } from "../options.ts";

interface QueryArgs extends AttachArgs {
  readonly name: string;
  readonly payload?: string | undefined;
  readonly timeout: number;
}

export const queryCommand: CommandModule<object, QueryArgs> = {
  command: "query <name> [payload]",
  describe: "Ask all nodes, and print what they answer",
  builder: (yargs) =>
    yargs
      .options({
        ...attachOptions,
        timeout: durationOption("--timeout", "Deadline of the answers, at most 60s", "5s"),
      })
      .positional("name", {
        describe: "What is asked: 1 to 64 of A-Z a-z 0-9 . _ -",
        type: "string",
        demandOption: true,
      })
      .positional("payload", { describe: "Text of at most 512 bytes", type: "string" }),
  handler: async (args) => {
    const [{ openSession }, { askQuery }] = await Promise.all([
      import("../session.ts"),
      import("../reading/tell-and-ask.ts"),
    ]);
    const { name, payload, timeout: timeoutMs } = args;
    await askQuery(await openSession(args), { name, payload, timeoutMs });
  },
};
