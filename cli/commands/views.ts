import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions } from "../options.ts";

export const viewsCommand: CommandModule<object, AttachArgs> = {
  command: "views",
  describe: "Show who sees what, grouped by view",
  builder: (yargs) => yargs.options(attachOptions),
  handler: async (args) => {
    const [{ openSession }, { showViews }] = await Promise.all([
      import("../session.ts"),
      import("../reading/show-views.ts"),
    ]);
    await showViews(await openSession(args));
  },
};
