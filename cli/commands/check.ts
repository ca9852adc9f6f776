import type { CommandModule } from "yargs";
import { UsageError } from "../errors.ts";

interface CheckArgs {
  readonly files?: string[] | undefined;
  readonly schema: boolean;
}

export const checkCommand: CommandModule<object, CheckArgs> = {
  command: "check [files..]",
  describe: "Check scenarios without running them",
  builder: (yargs) =>
    yargs
      .positional("files", { describe: "YAML files", type: "string", array: true })
      .options({
        schema: {
          describe: "Print the JSON Schema of scenarios, for editors",
          type: "boolean",
          default: false,
        },
      })
      .example("$0 check scenarios/*.yaml", "every mistake with its line and column"),
  handler: async ({ files = [], schema }) => {
    if (schema === files.length > 0) {
      throw new UsageError("check which files? name some, or give --schema alone");
    }
    const { checkFiles, printSchema } = await import("../scenario/check-files.ts");
    if (schema) printSchema();
    else await checkFiles(files);
  },
};
