import { settingVariablesIn } from "../daemon/settings/sources.ts";
import { formatNames } from "../text/quantities.ts";

/** Variables that daemons of `hearsay up` are given as options: gossip would be in the clear against the operator's wish. */
const FOR_UP: Readonly<Record<string, string>> = {
  HEARSAY_KEY_FILE: "--key-file",
  HEARSAY_GOSSIP_ENCRYPTION: "--gossip-encryption",
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Options for daemons of `hearsay up` out of its environment. */
export function keyOptions(env: Environment): string[] {
  return Object.entries(FOR_UP).flatMap(([name, option]) => {
    const value = env[name] ?? "";
    return value === "" ? [] : [option, value];
  });
}

/** A sentence about variables that daemons of this command do not get; undefined where there are none. */
export function ignoredSettings(command: "up" | "demo", env: Environment): string | undefined {
  const names = settingVariablesIn(env).filter((name) => command === "demo" || !(name in FOR_UP));
  if (names.length === 0) return undefined;
  return `hearsay ${command} ignores ${formatNames(names)}, which hearsay start would use.`;
}
