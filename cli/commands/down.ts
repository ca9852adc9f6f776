import type { CommandModule } from "yargs";
import { stateDirOption } from "../options.ts";

interface DownArgs {
  readonly stateDir?: string | undefined;
  readonly json: boolean;
}

export const downCommand: CommandModule<object, DownArgs> = {
  command: "down",
  describe: "End the background daemons",
  builder: (yargs) =>
    yargs.options({
      "state-dir": stateDirOption,
      json: { describe: "JSON for programs instead of text", type: "boolean", default: false },
    }),
  handler: async ({ stateDir, json }) => {
    const [{ takeDown }, { openOutput }] = await Promise.all([
      import("../local/take-down.ts"),
      import("../output.ts"),
    ]);
    await takeDown(stateDir, openOutput({ json }));
  },
};
