import type { CommandModule } from "yargs";
import type { DashboardArgs } from "../open-dashboard.ts";
import { asciiOption, nodeOptions, switchOption, textOption } from "../options.ts";

/** `hearsay dashboard`: the cluster as one node sees it, on a terminal. */
export const dashboardCommand: CommandModule<object, DashboardArgs> = {
  command: "dashboard",
  describe: "Watch the cluster as one node sees it",
  builder: (yargs) =>
    yargs.options({
      ...nodeOptions,
      ascii: asciiOption,
      record: textOption("--record", "Write what is shown to this file, as an asciicast"),
      snapshot: switchOption("Print one frame and end; the default without a terminal"),
    }),
  handler: async (args) => {
    const { openDashboard } = await import("../open-dashboard.ts");
    await openDashboard(args);
  },
};
