import type { CommandModule } from "yargs";
import { SHELLS, type Shell, shellScript } from "../../src/completion/shell-scripts.ts";
import { openOutput } from "../output.ts";

/** `hearsay completion`: the script that makes a shell complete commands, options and names. */
export const completionCommand: CommandModule<object, { readonly shell: Shell }> = {
  command: "completion <shell>",
  describe: "Print the completion script of a shell: bash, zsh or fish",
  builder: (yargs) =>
    yargs
      .positional("shell", { describe: "Which shell", choices: SHELLS, demandOption: true })
      .example("source <(hearsay completion bash)", "in ~/.bashrc; for zsh in ~/.zshrc")
      .example(
        "hearsay completion fish > ~/.config/fish/completions/hearsay.fish",
        "once, for fish",
      ),
  handler: ({ shell }) => {
    for (const line of shellScript(shell).split("\n")) openOutput({}).data(line);
  },
};
