import { ConfigError } from "../../core/errors.ts";
import { readKeyFile } from "../../keys/key-file.ts";
import { type DaemonSettings, resolveSettings } from "../settings.ts";
import { checkValues } from "./check-values.ts";
import { givenValuesOfFile, type SettingSources } from "./sources.ts";
import { parseYaml } from "./yaml-parser.ts";

/** What is wrong with a file of settings, one line for each mistake; and its settings where nothing is. */
export type CheckedFile =
  | { readonly mistakes: readonly string[] }
  | { readonly mistakes: readonly []; readonly settings: DaemonSettings };

/**
 * Checks a file of settings as `hearsay start --config` reads it in this environment: each value, what must fit
 * together, and the key file that is named.
 */
export function checkSettingsFile(
  path: string,
  { env, readFile }: Pick<SettingSources, "env" | "readFile">,
): CheckedFile {
  const sources = { flags: { config: path }, env, readFile, parseYaml };
  const mistakes: string[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      mistakes.push(error.message);
      return undefined;
    }
  };
  // Each value alone first, so that one mistake does not hide the next.
  for (const read of attempt(() => givenValuesOfFile(path, sources)) ?? []) {
    attempt(() => checkValues(new Map([read()])));
  }
  if (mistakes.length > 0) return { mistakes };
  const settings = attempt(() => resolveSettings(sources));
  const { keyFile = null } = settings ?? {};
  if (keyFile !== null) attempt(() => readKeyFile(keyFile));
  return settings === undefined || mistakes.length > 0 ? { mistakes } : { mistakes: [], settings };
}
