import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions } from "../options.ts";

export const reloadCommand: CommandModule<object, AttachArgs> = {
  command: "reload",
  describe: "Make a node read its tags, services and log level anew",
  builder: (yargs) => yargs.options(attachOptions),
  handler: async (args) => {
    const [{ openSession }, { reloadSettings }] = await Promise.all([
      import("../session.ts"),
      import("../reading/command-node.ts"),
    ]);
    await reloadSettings(await openSession(args));
  },
};
