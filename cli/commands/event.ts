import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions } from "../options.ts";

interface EventArgs extends AttachArgs {
  readonly name: string;
  readonly payload?: string | undefined;
}

export const eventCommand: CommandModule<object, EventArgs> = {
  command: "event <name> [payload]",
  describe: "Tell all nodes that something happened",
  builder: (yargs) =>
    yargs
      .options(attachOptions)
      .positional("name", {
        describe: "What happened: 1 to 64 of A-Z a-z 0-9 . _ -",
        type: "string",
        demandOption: true,
      })
      .positional("payload", { describe: "Text of at most 512 bytes", type: "string" }),
  handler: async (args) => {
    const [{ openSession }, { tellEvent }] = await Promise.all([
      import("../session.ts"),
      import("../reading/tell-and-ask.ts"),
    ]);
    await tellEvent(await openSession(args), { name: args.name, payload: args.payload });
  },
};
