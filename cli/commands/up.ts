import type { CommandModule } from "yargs";
import type { ProfileName } from "../../src/core/config.ts";
import { parseCount, stateDirOption } from "../options.ts";

interface UpArgs {
  readonly n: number;
  readonly profile: ProfileName;
  readonly stateDir?: string | undefined;
  readonly allowFaults?: boolean | undefined;
  readonly json: boolean;
  readonly dashboard: boolean;
}

export const upCommand: CommandModule<object, UpArgs> = {
  command: "up <n>",
  describe: "Start n daemons in the background, on free ports of this machine",
  builder: (yargs) =>
    yargs
      .options({
        profile: {
          describe: "Pace of the protocol",
          choices: ["local", "lan", "wan"] as const,
          default: "lan" as const,
        },
        "allow-faults": {
          describe: "Let hearsay faults and scenarios break the links of those started now",
          type: "boolean",
          default: false,
        },
        "state-dir": stateDirOption,
        json: { describe: "JSON for programs instead of text", type: "boolean", default: false },
        dashboard: {
          describe: "Then open the dashboard on the first of them",
          type: "boolean",
          default: false,
        },
      })
      .positional("n", {
        describe: "How many are to run",
        type: "string",
        demandOption: true,
        coerce: (text: unknown) => parseCount("n", String(text), 1, 100),
      }),
  handler: async ({ n, profile, stateDir, allowFaults, json, dashboard }) => {
    const [{ bringUp }, { openOutput }] = await Promise.all([
      import("../local/bring-up.ts"),
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
