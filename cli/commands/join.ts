import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions } from "../options.ts";

interface JoinArgs extends AttachArgs {
  readonly addresses: readonly string[];
}

export const joinCommand: CommandModule<object, JoinArgs> = {
  command: "join <addresses..>",
  describe: "Make a node join the cluster at these gossip addresses",
  builder: (yargs) =>
    yargs.options(attachOptions).positional("addresses", {
      describe: "host:port of members, names allowed",
      type: "string",
      array: true,
      demandOption: true,
    }),
  handler: async (args) => {
    const [{ openSession }, { joinAddresses }] = await Promise.all([
      import("../session.ts"),
      import("../reading/command-node.ts"),
    ]);
    await joinAddresses(await openSession(args), args.addresses);
  },
};
