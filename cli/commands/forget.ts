import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions } from "../options.ts";

interface ForgetArgs extends AttachArgs {
  readonly member: string;
}

export const forgetCommand: CommandModule<object, ForgetArgs> = {
  command: "forget <member>",
  describe: "Make the cluster forget a dead or left member now",
  builder: (yargs) =>
    yargs
      .options(attachOptions)
      .positional("member", { describe: "Name of the member", type: "string", demandOption: true }),
  handler: async (args) => {
    const [{ openSession }, { forgetMember }] = await Promise.all([
      import("../session.ts"),
      import("../reading/command-node.ts"),
    ]);
    await forgetMember(await openSession(args), args.member);
  },
};
