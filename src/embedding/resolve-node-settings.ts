import { ConfigError } from "../core/errors.ts";
import { SETTING_KEYS, type SettingKey } from "../daemon/settings/schemas.ts";
import { type DaemonSettings, resolveSettings } from "../daemon/settings.ts";
import type { NodeSettings } from "./node-settings.ts";

const NOT_HERE: ReadonlySet<SettingKey> = new Set([
  "api",
  "apiHost",
  "apiTokenFile",
  "apiReadTokenFile",
  "apiCert",
  "apiKey",
  "log",
  "logLevel",
  "onEvent",
  "onQuery",
  "allowFaults",
]);

/** @throws ConfigError for a setting that is none, or cannot be run */
export function resolveNodeSettings(settings: NodeSettings): DaemonSettings {
  const unknown = Object.keys(settings).find((name) => !isSetting(name));
  if (unknown !== undefined) {
    throw new ConfigError(`${unknown}: createNode has no such setting; remove or correct it`);
  }
  const resolved = resolveSettings({
    flags: { bind: "127.0.0.1:0", ...settings },
    originOf: (key) => `${key} of createNode`,
    env: {},
    readFile: () => "",
  });
  return { ...resolved, api: null };
}

function isSetting(name: string): boolean {
  return SETTING_KEYS.some((key) => key === name && !NOT_HERE.has(key));
}
