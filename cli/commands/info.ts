import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions } from "../options.ts";

interface InfoArgs extends AttachArgs {
  readonly topic?: "settings" | undefined;
  readonly names: readonly string[];
}

/** `hearsay info`: what runs here, and the manual of the settings. */
export const infoCommand: CommandModule<object, InfoArgs> = {
  command: "info [topic] [names..]",
  describe: "This installation, what it finds, and all settings",
  builder: (yargs) =>
    yargs
      .options(attachOptions)
      .positional("topic", {
        describe: "settings: each setting of a daemon, and its value in each profile",
        choices: ["settings"] as const,
      })
      .positional("names", {
        describe: "With settings: only these",
        type: "string",
        array: true,
        default: [] as string[],
      })
      .example("$0 info settings graceMs", "what graceMs does, and its value in each profile"),
  handler: async ({ topic, names, ...args }) => {
    const { showInstallation, showSettings } = await import("../reading/show-info.ts");
    if (topic === "settings") showSettings(names, args);
    else await showInstallation(args);
  },
};
