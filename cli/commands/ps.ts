import type { CommandModule } from "yargs";
import { stateDirOption } from "../options.ts";

interface PsArgs {
  readonly stateDir?: string | undefined;
  readonly json: boolean;
}

export const psCommand: CommandModule<object, PsArgs> = {
  command: "ps",
  describe: "List the background daemons",
  builder: (yargs) =>
    yargs.options({
      "state-dir": stateDirOption,
      json: { describe: "JSON for programs instead of text", type: "boolean", default: false },
    }),
  handler: async ({ stateDir, json }) => {
    const [{ listProcesses }, { openOutput }] = await Promise.all([
      import("../local/list-processes.ts"),
      import("../output.ts"),
    ]);
    listProcesses(stateDir, openOutput({ json }));
  },
};
