import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions } from "../options.ts";

export const leaveCommand: CommandModule<object, AttachArgs> = {
  command: "leave",
  describe: "Make a node say goodbye and end",
  builder: (yargs) => yargs.options(attachOptions),
  handler: async (args) => {
    const [{ openSession }, { leaveCluster }] = await Promise.all([
      import("../session.ts"),
      import("../reading/command-node.ts"),
    ]);
    await leaveCluster(await openSession(args));
  },
};
