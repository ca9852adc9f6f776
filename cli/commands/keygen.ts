import type { CommandModule } from "yargs";
import { openOutput } from "../output.ts";

/** `hearsay keygen`: makes the secret that the members of a cluster share. */
export const keygenCommand: CommandModule<object, { readonly file: string | undefined }> = {
  command: "keygen [file]",
  describe: "Print a new key for --key-file, or make such a file",
  builder: (yargs) =>
    yargs.positional("file", { describe: "Key file to make, mode 0600", type: "string" }),
  handler: async ({ file }) => {
    const [{ newKeyText }, { createKeyFile }] = await Promise.all([
      import("../../src/keys/cluster-key.ts"),
      import("../../src/keys/key-file.ts"),
    ]);
    const output = openOutput({});
    if (file === undefined) output.data(newKeyText());
    else {
      createKeyFile(file);
      output.talk(`Made ${file}. Give every node a copy, and its path as --key-file.`);
    }
  },
};
