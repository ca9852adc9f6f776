import type { CommandModule, Options } from "yargs";
import type { SettingManual } from "../../src/daemon/settings/settings-manual.ts";
import type { Flags } from "../local/run-daemon.ts";
import { once, textOption } from "../options.ts";

/** `hearsay start`: runs a daemon in the foreground. */
export const startCommand: CommandModule<object, Flags> = {
  command: "start",
  describe: "Run one daemon in the foreground",
  builder: async (yargs) => {
    return yargs
      .options({
        config: {
          group: "Settings:",
          ...textOption("--config", "File of settings by these names, JSON or YAML"),
        },
        ...(await settingOptions()),
        "end-with-parent": { type: "boolean", hidden: true, default: false },
        "ready-fd": { type: "number", hidden: true },
      })
      .epilogue("hearsay info settings says what is allowed, and what another value brings.");
  },
  handler: async (args) => {
    const { runDaemon } = await import("../local/run-daemon.ts");
    await runDaemon(args);
  },
};

/** Options of these settings, or of all. */
export async function settingOptions(names?: readonly string[]): Promise<Record<string, Options>> {
  const { settingsManual } = await import("../../src/daemon/settings/settings-manual.ts");
  const wanted = settingsManual().filter(({ name }) => names?.includes(name) ?? true);
  return Object.fromEntries(
    wanted.map((setting) => [setting.flag.slice(2), settingOption(setting)]),
  );
}

function settingOption({ flag, kind, alias, summary, profiles }: SettingManual): Options {
  const group = profiles === null ? "Settings:" : "Protocol [local, lan, wan]:";
  const describe = summary;
  if (kind === "switch") return { describe, group, type: "boolean" };
  if (kind === "optional") return { describe, group, ...addressOrNothing(flag) };
  const option = kind === "repeatable" ? listOption() : textOption(flag, describe);
  return { describe, group, ...option, ...(alias === null ? {} : { alias }) };
}

/** `--dns` alone is enough. */
function addressOrNothing(name: string): Options {
  const single = once(name);
  return { type: "string", coerce: (value: unknown) => (value === "" ? "true" : single(value)) };
}

function listOption(): Options {
  const coerce = (value: unknown) => (value === undefined ? undefined : [value].flat().map(String));
  return { type: "string", requiresArg: true, coerce };
}
