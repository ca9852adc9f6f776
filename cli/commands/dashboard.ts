import type { CommandModule } from "yargs";
import type { DashboardArgs } from "../open-dashboard.ts";
import { attachOptions, once } from "../options.ts";

export const dashboardCommand: CommandModule<object, DashboardArgs> = {
  command: "dashboard",
  describe: "Watch the cluster as one node sees it",
  builder: (yargs) =>
    yargs.options({
      attach: attachOptions.attach,
      "state-dir": attachOptions["state-dir"],
      ascii: attachOptions.ascii,
      record: {
        describe: "Write what is shown to this file, as an asciicast",
        type: "string",
        requiresArg: true,
        coerce: once("--record"),
      },
      snapshot: {
        describe: "Print one frame and end; so it is without a terminal",
        type: "boolean",
        default: false,
      },
    }),
  handler: async (args) => {
    const { openDashboard } = await import("../open-dashboard.ts");
    await openDashboard(args);
  },
};
