import type { CommandModule } from "yargs";
import type { TemplateJob } from "../../src/template/keep-file.ts";
import {
  type AttachArgs,
  durationOption,
  neededPositional,
  nodeOptions,
  switchOption,
  textOption,
} from "../options.ts";
import { atNode } from "./at-node.ts";

/** `hearsay template`: renders files from the cluster's state. */
export const templateCommand: CommandModule<object, AttachArgs & TemplateJob> = {
  command: "template <template> <out>",
  describe: "Keep a file, such as nginx's, up to date with what a node knows",
  builder: (yargs) =>
    yargs
      .options({
        ...nodeOptions,
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
  handler: atNode(async () => {
    const { keepFile } = await import("../../src/template/keep-file.ts");
    const ending = new AbortController();
    const end = () => ending.abort();
    process.once("SIGINT", end).once("SIGTERM", end);
    return ({ client, output: { talk: say } }, job) =>
      keepFile({ client, say, signal: ending.signal }, job);
  }),
};
