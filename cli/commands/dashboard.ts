import type { CommandModule } from "yargs";
import { loadDashboard } from "../dashboard/load.ts";
import { attachOptions, once } from "../options.ts";

interface DashboardArgs {
  readonly attach?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly ascii: boolean;
  readonly record?: string | undefined;
  readonly snapshot: boolean;
}

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
    const [{ chooseAttach }, { openOutput }] = await Promise.all([
      import("../attach.ts"),
      import("../output.ts"),
    ]);
    const { attach, stateDir, record: recordPath, ascii } = args;
    const url = await chooseAttach({ attach, stateDir, env: process.env });
    const output = openOutput({ ascii });
    const isLive = output.isTerminal && process.stdin.isTTY && !args.snapshot;
    const { runDashboard, printSnapshot } = await loadDashboard();
    if (isLive) await runDashboard({ url, style: output.style, recordPath });
    else await printSnapshot({ url, output });
  },
};
