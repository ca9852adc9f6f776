import type { CommandModule } from "yargs";
import { type AttachArgs, attachOptions } from "../options.ts";
import type { KeysArgs } from "../reading/cluster-keys.ts";
import { atNode } from "./at-node.ts";

const ACTIONS = ["list", "install", "use", "remove"] as const;

/** `hearsay keys`: shows and changes the keys of all members. */
export const keysCommand: CommandModule<object, AttachArgs & KeysArgs> = {
  command: "keys [action] [id]",
  describe: "Show and change the keys of all members",
  builder: (yargs) =>
    yargs
      .options(attachOptions)
      .positional("action", { describe: "What to do", choices: ACTIONS, default: "list" as const })
      .positional("id", {
        describe: "Id of a key, as list shows it; install without one makes a new key",
        type: "string",
      })
      .example("$0 keys install", "a new key for all; then keys use, then keys remove the old one"),
  handler: atNode(async () => (await import("../reading/cluster-keys.ts")).changeKeys),
};
