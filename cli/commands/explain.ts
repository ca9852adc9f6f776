import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions } from "../options.ts";

interface ExplainArgs extends AttachArgs {
  readonly member: string;
}

export const explainCommand: CommandModule<object, ExplainArgs> = {
  command: "explain <member>",
  describe: "Tell why a member is what it is",
  builder: (yargs) =>
    yargs
      .options(attachOptions)
      .positional("member", { describe: "Name of the member", type: "string", demandOption: true }),
  handler: async (args) => {
    const [{ openSession }, { showExplanation }] = await Promise.all([
      import("../session.ts"),
      import("../reading/show-explanation.ts"),
    ]);
    await showExplanation(await openSession(args), args.member);
  },
};
