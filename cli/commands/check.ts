import type { CommandModule } from "yargs";

interface CheckArgs {
  readonly files?: string[] | undefined;
}

export const checkCommand: CommandModule<object, CheckArgs> = {
  command: "check <files..>",
  describe: "Check scenarios without running them",
  builder: (yargs) =>
    yargs
      .positional("files", { describe: "YAML files", type: "string", array: true })
      .example("$0 check scenarios/*.yaml", "every mistake with its line and column"),
  handler: async ({ files = [] }) => {
    const { checkFiles } = await import("../scenario/check-files.ts");
    await checkFiles(files);
  },
};
