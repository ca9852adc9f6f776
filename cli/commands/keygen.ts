import type { CommandModule } from "yargs";
import { openOutput } from "../output.ts";

interface KeygenArgs {
  readonly file: string | undefined;
  readonly token: boolean | undefined;
}

/** `hearsay keygen`: makes the secret that the members of a cluster share, or a token for their control APIs. */
export const keygenCommand: CommandModule<object, KeygenArgs> = {
  command: "keygen [file]",
  describe: "Print a new cluster key or API token, or write it to a file",
  builder: (yargs) =>
    yargs
      .option("token", { describe: "A token for --api-token-file", type: "boolean" })
      .positional("file", { describe: "File to make, mode 0600", type: "string" }),
  handler: async ({ file, token }) => {
    const { makeSecret } = await import("../../src/keys/make-secret.ts");
    const { printed, made } = makeSecret(token === true ? "token" : "key", file);
    if (printed !== undefined) openOutput({}).data(printed);
    else openOutput({}).talk(made);
  },
};
