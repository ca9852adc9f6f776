import type { CommandModule } from "yargs";
import type { ProfileName } from "../../src/core/config.ts";
import { jsonOption, parseCount, profileOption, stateDirOption } from "../options.ts";

const options = { "state-dir": stateDirOption, json: jsonOption } as const;

interface LocalArgs {
  readonly stateDir?: string | undefined;
  readonly json: boolean;
}

interface UpArgs extends LocalArgs {
  readonly n: number;
  readonly profile: ProfileName;
  readonly allowFaults?: boolean | undefined;
  readonly dashboard: boolean;
}

/** `hearsay up`: starts daemons in the background. */
export const upCommand: CommandModule<object, UpArgs> = {
  command: "up <n>",
  describe: "Start n daemons in the background, on free ports of this machine",
  builder: (yargs) =>
    yargs
      .options({
        profile: profileOption,
        "allow-faults": {
          describe: "Let hearsay faults and scenarios break the links of those started now",
          type: "boolean",
          default: false,
        },
        ...options,
        dashboard: {
          describe: "Then open the dashboard on the first of them",
          type: "boolean",
          default: false,
        },
      })
      .positional("n", {
        describe: "Number of daemons",
        type: "string",
        demandOption: true,
        coerce: (text: unknown) => parseCount("n", String(text), 1, 100),
      }),
  handler: async ({ n, profile, stateDir, allowFaults, json, dashboard }) => {
    const [{ bringUp }, { openOutput }] = await Promise.all([
      import("../local/background-cluster.ts"),
      import("../output.ts"),
    ]);
    await bringUp(
      { count: n, profile, stateDir, allowFaults: allowFaults === true },
      openOutput({ json }),
    );
    if (dashboard) await watch(stateDir);
  },
};

async function watch(stateDir: string | undefined): Promise<void> {
  const [{ openDashboard }, { openStateDirectory, stateDirectoryPath }] = await Promise.all([
    import("../open-dashboard.ts"),
    import("../local/state-directory.ts"),
  ]);
  const first = openStateDirectory(stateDirectoryPath(stateDir, process.env)).running()[0];
  await openDashboard({ attach: first?.api, ascii: false, snapshot: false });
}

/** `hearsay down`: ends the background daemons. */
export const downCommand: CommandModule<object, LocalArgs> = {
  command: "down",
  describe: "End the background daemons",
  builder: (yargs) => yargs.options(options),
  handler: async ({ stateDir, json }) => {
    const [{ takeDown }, { openOutput }] = await Promise.all([
      import("../local/background-cluster.ts"),
      import("../output.ts"),
    ]);
    await takeDown(stateDir, openOutput({ json }));
  },
};

/** `hearsay ps`: lists the background daemons. */
export const psCommand: CommandModule<object, LocalArgs> = {
  command: "ps",
  describe: "List the background daemons",
  builder: (yargs) => yargs.options(options),
  handler: async ({ stateDir, json }) => {
    const [{ listProcesses }, { openOutput }] = await Promise.all([
      import("../local/background-cluster.ts"),
      import("../output.ts"),
    ]);
    listProcesses(stateDir, openOutput({ json }));
  },
};
