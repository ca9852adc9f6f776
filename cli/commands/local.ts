import type { CommandModule } from "yargs";
import type { LocalArgs, UpArgs } from "../local/background-cluster.ts";
import {
  jsonOption,
  neededPositional,
  parseCount,
  profileOption,
  stateDirOption,
  switchOption,
} from "../options.ts";
import { openOutput } from "../output.ts";

const options = { "state-dir": stateDirOption, json: jsonOption } as const;

/** `hearsay up`: starts daemons in the background. */
export const upCommand: CommandModule<object, UpArgs & { readonly dashboard: boolean }> = {
  command: "up <n>",
  describe: "Start n daemons in the background, on this machine",
  builder: (yargs) =>
    yargs
      .options({
        profile: profileOption,
        "allow-faults": switchOption(
          "Let hearsay faults and scenarios break the links of those started now",
        ),
        ...options,
        dashboard: switchOption("Then open the dashboard on the first of them"),
      })
      .positional("n", {
        ...neededPositional("Number of daemons"),
        coerce: (text: unknown) => parseCount("n", String(text), 1, 100),
      }),
  handler: async (args) => {
    const { bringUp } = await import("../local/background-cluster.ts");
    await bringUp(args, openOutput(args));
    if (args.dashboard) await watch(args.stateDir);
  },
};

async function watch(stateDir: string | undefined): Promise<void> {
  const [{ openDashboard }, { openStateDirectory, stateDirectoryPath }] = await Promise.all([
    import("../open-dashboard.ts"),
    import("../../src/local/state-directory.ts"),
  ]);
  const first = openStateDirectory(stateDirectoryPath(stateDir, process.env)).running()[0];
  await openDashboard({ attach: first?.api, snapshot: false });
}

/** `hearsay down`: ends the background daemons. */
export const downCommand: CommandModule<object, LocalArgs> = {
  command: "down",
  describe: "End the background daemons",
  builder: (yargs) => yargs.options(options),
  handler: async (args) => {
    const { takeDown } = await import("../local/background-cluster.ts");
    await takeDown(args, openOutput(args));
  },
};

/** `hearsay ps`: lists the background daemons. */
export const psCommand: CommandModule<object, LocalArgs> = {
  command: "ps",
  describe: "List the background daemons",
  builder: (yargs) => yargs.options(options),
  handler: async (args) => {
    const { listProcesses } = await import("../local/background-cluster.ts");
    listProcesses(args, openOutput(args));
  },
};
