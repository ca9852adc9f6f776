import { loadYamlParser } from "../../src/daemon/settings/sources.ts";
import { resolveSettings, type SettingsInput } from "../../src/daemon/settings.ts";

const parseYaml = await loadYamlParser({ flags: { config: "n.yaml" }, env: {} });

export interface Given {
  readonly flags?: SettingsInput["flags"];
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
  readonly interfaces?: SettingsInput["interfaces"];
  readonly isTerminal?: boolean;
  readonly hostName?: string;
}

/** The settings of a machine that is given whole. */
export function resolve({
  flags = {},
  env = {},
  files = {},
  interfaces = {},
  isTerminal = false,
  hostName = "box",
}: Given) {
  const readFile = (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error("ENOENT");
    return text;
  };
  return resolveSettings({ flags, env, readFile, parseYaml, interfaces, isTerminal, hostName });
}

/** An interface of that machine. */
export function address(family: "IPv4" | "IPv6", host: string, internal = false) {
  const base = { address: host, netmask: "", mac: "", internal, cidr: null };
  return family === "IPv4" ? { ...base, family } : { ...base, family, scopeid: 0 };
}
