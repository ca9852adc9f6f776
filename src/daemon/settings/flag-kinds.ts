import { SETTING_KEYS, type SettingKey } from "./schemas.ts";
import { flagName } from "./sources.ts";

/** How a setting is written on the command line. */
export type FlagKind =
  /** `--name value`, once. */
  | "single"
  /** `--join a --join b`. */
  | "repeatable"
  /** `--wires`, `--no-wires`. */
  | "switch"
  /** `--dns` or `--dns value`. */
  | "optional";

const KINDS: Readonly<Partial<Record<SettingKey, FlagKind>>> = {
  ...{ allowScripts: "switch", insecure: "switch", allowFaults: "switch" },
  ...{ refusals: "switch", wires: "switch", spies: "switch" },
  ...{ join: "repeatable", apiHost: "repeatable", tags: "repeatable", services: "repeatable" },
  ...{ onEvent: "repeatable", onQuery: "repeatable" },
  dns: "optional",
};

/** Another name of a setting on the command line, where one of many is given at a time. */
export const FLAG_ALIASES: Readonly<Partial<Record<SettingKey, string>>> = {
  tags: "tag",
  services: "service",
};

/** How the setting is written on the command line. */
export function flagKind(key: SettingKey): FlagKind {
  return KINDS[key] ?? "single";
}

/** What a program gives to `hearsay start` beside settings. */
const OTHERS: Readonly<Record<string, readonly [key: string, kind: FlagKind | "number"]>> = {
  "--config": ["config", "single"],
  "--ready-fd": ["readyFd", "number"],
  "--end-with-parent": ["endWithParent", "switch"],
};

/**
 * The flags of a plain `hearsay start`: whole names, each with its value, nothing twice that goes once, nothing unknown.
 * Undefined for all others, which the parser of the command line reads: loading it takes a third of the start of a daemon.
 */
export function plainFlags(words: readonly string[]): Record<string, unknown> | undefined {
  const known = knownFlags();
  const flags: Record<string, unknown> = {};
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const isNegated = word.startsWith("--no-");
    const found = known.get(isNegated ? `--${word.slice("--no-".length)}` : word);
    if (found === undefined || (isNegated && found.kind !== "switch")) return undefined;
    const { key, kind } = found;
    if (kind === "switch") {
      if (key in flags) return undefined;
      flags[key] = !isNegated;
      continue;
    }
    const value = rest.shift();
    if (value === undefined || value === "" || value.startsWith("-")) return undefined;
    if (kind === "repeatable")
      flags[key] = [...((flags[key] as string[] | undefined) ?? []), value];
    else if (key in flags || kind === "optional") return undefined;
    else if (kind === "number" && !/^\d+$/.test(value)) return undefined;
    else flags[key] = kind === "number" ? Number(value) : value;
  }
  return flags;
}

interface KnownFlag {
  readonly key: string;
  readonly kind: FlagKind | "number";
}

function knownFlags(): ReadonlyMap<string, KnownFlag> {
  const flags = new Map<string, KnownFlag>();
  for (const key of SETTING_KEYS) {
    const flag = { key, kind: flagKind(key) };
    flags.set(flagName(key), flag);
    const alias = FLAG_ALIASES[key];
    if (alias !== undefined) flags.set(`--${alias}`, flag);
  }
  for (const [name, [key, kind]] of Object.entries(OTHERS)) flags.set(name, { key, kind });
  return flags;
}
