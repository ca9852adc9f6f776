import type { CommandModule } from "yargs";
import {
  type AttachArgs,
  attachOptions,
  durationOption,
  neededPositional,
  switchOption,
  textOption,
} from "../options.ts";
import type { TemplateArgs } from "../template/run-template.ts";
import { atNode } from "./at-node.ts";

/** `hearsay template`: renders files from the cluster's state. */
export const templateCommand: CommandModule<object, AttachArgs & TemplateArgs> = {
  command: "template <template> <out>",
  describe: "Keep a file filled with what a node knows, such as an nginx configuration",
  builder: (yargs) =>
    yargs
      .options({
        attach: attachOptions.attach,
        "state-dir": attachOptions["state-dir"],
        exec: textOption(
          "--exec",
          "Command to run once the file has changed, such as 'nginx -s reload'",
        ),
        check: textOption(
          "--check",
          "Command that checks the new file ($HEARSAY_FILE) before it replaces the old one",
        ),
        debounce: durationOption("--debounce", "Write changes within this time together", "250ms"),
        once: switchOption("Write it once and end"),
      })
      .positional("template", neededPositional("Template in the Liquid language"))
      .positional("out", neededPositional("File to fill")),
  handler: atNode(async () => (await import("../template/run-template.ts")).runTemplate),
};
