import type { CommandModule } from "yargs";
import { attachOptions, durationOption, textOption } from "../options.ts";

interface TemplateArgs {
  readonly attach?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly template: string;
  readonly out: string;
  readonly exec?: string | undefined;
  readonly check?: string | undefined;
  readonly debounce: number;
  readonly once: boolean;
}

/** `hearsay template`: renders files from the cluster's state. */
export const templateCommand: CommandModule<object, TemplateArgs> = {
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
        once: { describe: "Write it once and end", type: "boolean", default: false },
      })
      .positional("template", {
        describe: "Template in the Liquid language",
        type: "string",
        demandOption: true,
      })
      .positional("out", { describe: "File to fill", type: "string", demandOption: true }),
  handler: async (args) => {
    const [{ openSession }, { runTemplate }] = await Promise.all([
      import("../session.ts"),
      import("../template/run-template.ts"),
    ]);
    const { attach, stateDir, template, out, exec, check } = args;
    const { debounce: debounceMs, once: isOnce } = args;
    const session = await openSession({ attach, stateDir, json: false, ascii: false });
    await runTemplate(session, { template, out, exec, check, debounceMs, isOnce });
  },
};
