import { newKeyText } from "./cluster-key.ts";
import { createKeyFile } from "./key-file.ts";
import { createTokenFile } from "./token-file.ts";

/** The secret itself, or a sentence about the file that it is in. */
export type MadeSecret =
  | { readonly printed: string; readonly made?: never }
  | { readonly printed?: never; readonly made: string };

/**
 * A new secret of 256 random bits: in a file, if one is named.
 *
 * @throws ConfigError where the file exists already, or cannot be made
 */
export function makeSecret(kind: "key" | "token", file: string | undefined): MadeSecret {
  if (file === undefined) return { printed: newKeyText() };
  if (kind === "key") {
    createKeyFile(file);
    return { made: `Made ${file}. Give every node a copy, and its path as --key-file.` };
  }
  createTokenFile(file);
  return {
    made: `Made ${file}. Give nodes its path as --api-token-file, and commands as --token-file.`,
  };
}
