import { isIP } from "node:net";
import { ConfigError, invariant } from "../../core/errors.ts";
import { nearestName } from "./nearest-name.ts";
import { SETTING_KEYS, type SettingKey } from "./schemas.ts";

/** A value as it was given, and where: what an error message must name. */
export interface GivenValue {
  readonly value: unknown;
  /** Such as `--bind`, `HEARSAY_BIND` or `bind in node.yaml`. */
  readonly origin: string;
}

/** Settings that were given, with their origin. */
export type GivenValues = ReadonlyMap<SettingKey, GivenValue>;

/** Where settings come from. */
export interface SettingSources {
  /** By the setting's own name; undefined ones were not given. */
  readonly flags: { readonly [K in SettingKey | "config"]?: unknown };
  /** What a flag is called in messages; as on the command line unless given. */
  readonly originOf?: (key: SettingKey) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
  /** For a file that is not JSON: `loadYamlParser`. */
  readonly parseYaml?: YamlParser | undefined;
}

/** Parses YAML; its library is loaded only where there is a file. */
export type YamlParser = (text: string) => unknown;

/** Names under HEARSAY_ that commands read or set, and the daemon does not read. */
const COMMAND_NAMES = [
  ...["HEARSAY_ATTACH", "HEARSAY_TOKEN_FILE", "HEARSAY_CA_FILE"],
  ...["HEARSAY_FILE", "HEARSAY_STATE_DIR"],
];
const CONFIG_NAME = "HEARSAY_CONFIG";

/** All that was given, later sources over earlier ones: file, environment, flags. */
export function gatherGivenValues(sources: SettingSources): GivenValues {
  const fromEnv = valuesOfEnvironment(sources.env);
  const path = configPath(sources);
  const fromFile = path === undefined ? [] : valuesOfFile(path, sources);
  return new Map([...fromFile, ...fromEnv, ...valuesOfFlags(sources)]);
}

/** Names of variables that are settings of `hearsay start`. */
export function settingVariablesIn(env: SettingSources["env"]): string[] {
  return [...SETTING_KEYS.map(environmentName), CONFIG_NAME].filter(
    (name) => (env[name] ?? "") !== "",
  );
}

/** Names of variables under HEARSAY_ that an orchestrator gave for reasons of its own. */
export function serviceLinksIn(env: SettingSources["env"]): string[] {
  return Object.entries(env)
    .filter(([name, value]) => isServiceLinkOfOurs(name, value ?? ""))
    .map(([name]) => name)
    .sort();
}

/**
 * The YAML parser, where these sources name a file that needs it; it costs 8 MB and 40 ms, so that nobody else loads it.
 */
export async function loadYamlParser(
  sources: Pick<SettingSources, "flags" | "env">,
): Promise<YamlParser | undefined> {
  const path = configPath(sources);
  if (path === undefined || isJson(path)) return undefined;
  const { parseYaml } = await import("./yaml-parser.ts");
  return parseYaml;
}

/** `probeIntervalMs` → `HEARSAY_PROBE_INTERVAL_MS`. */
export function environmentName(key: SettingKey): string {
  return `HEARSAY_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** `probeIntervalMs` → `--probe-interval-ms`. */
export function flagName(key: SettingKey): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

type Given = readonly [SettingKey, GivenValue];

function valuesOfFlags({ flags, originOf = flagName }: SettingSources): Given[] {
  return SETTING_KEYS.filter((key) => flags[key] !== undefined).map((key) => [
    key,
    { value: flags[key], origin: originOf(key) },
  ]);
}

function valuesOfEnvironment(env: SettingSources["env"]): Given[] {
  const keyOf = new Map(SETTING_KEYS.map((key) => [environmentName(key), key]));
  const known = [...keyOf.keys(), CONFIG_NAME, ...COMMAND_NAMES];
  const given: Given[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith("HEARSAY_") || value === undefined) continue;
    const key = keyOf.get(name);
    if (key !== undefined) given.push([key, { value, origin: name }]);
    else if (!known.includes(name) && !isServiceLinkOfOurs(name, value)) {
      throw new ConfigError(
        `${name}: no such environment variable of hearsay${hint(name, known)}; unset it or correct the name`,
      );
    }
  }
  return given;
}

function isServiceLinkOfOurs(name: string, value: string): boolean {
  return name.startsWith("HEARSAY_") && isServiceLink(name, value);
}

function configPath({ flags, env }: Pick<SettingSources, "flags" | "env">): string | undefined {
  const path = flags.config ?? env[CONFIG_NAME];
  return typeof path === "string" && path !== "" ? path : undefined;
}

function isJson(path: string): boolean {
  return path.endsWith(".json");
}

function valuesOfFile(path: string, sources: SettingSources): Given[] {
  return givenValuesOfFile(path, sources).map((given) => given());
}

/**
 * The settings of a file. Each throws a ConfigError when it is read if there is no setting of its name.
 *
 * @throws ConfigError for a file that cannot be read or parsed
 */
export function givenValuesOfFile(
  path: string,
  { readFile, parseYaml }: Pick<SettingSources, "readFile" | "parseYaml">,
): (() => Given)[] {
  const content = parseFile(path, readText(path, readFile), parseYaml);
  return Object.entries(content).map(([name, value]) => () => {
    const key = SETTING_KEYS.find((each) => each === name);
    if (key === undefined) {
      // A key of YAML may be any text, one of many lines, too.
      const shown = /^[\w.-]+$/.test(name) ? name : JSON.stringify(name);
      throw new ConfigError(
        `${shown} in ${path}: no such setting${hint(name, SETTING_KEYS)}; remove or correct it`,
      );
    }
    return [key, { value, origin: `${name} in ${path}` }];
  });
}

function readText(path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `config: cannot read ${path} (${why}); give --config the path of a JSON or YAML file`,
    );
  }
}

function parseFile(path: string, text: string, parseYaml: YamlParser | undefined): object {
  const content = isJson(path) ? parseJson(path, text) : valuesOfYaml(path, text, parseYaml);
  if (content === null || content === undefined) return {};
  if (typeof content === "object" && !Array.isArray(content)) return content;
  throw new ConfigError(
    `config: ${path} must hold one object of settings, such as "bind: 127.0.0.1:7946"`,
  );
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`config: ${path} is not JSON: ${firstLine(error)}`);
  }
}

function valuesOfYaml(path: string, text: string, parseYaml: YamlParser | undefined): unknown {
  invariant(parseYaml !== undefined, "the YAML parser is loaded before a YAML file is read");
  try {
    return parseYaml(text);
  } catch (error) {
    throw new ConfigError(`config: ${path} is not YAML: ${firstLine(error)}`);
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n")[0] ?? "").replace(/:$/, "");
}

function hint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? "" : ` (did you mean ${nearest}?)`;
}

const LINK = /^(tcp|udp|sctp):\/\/\S+:\d{1,5}$/;
const PORT = /^\d{1,5}$/;
const PROTOCOL = /^(tcp|udp|sctp)$/;

/** The forms of a service link's name behind the name of the service, and of its value. */
const FORMS: readonly { readonly name: RegExp; readonly isValue: (value: string) => boolean }[] = [
  { name: /_SERVICE_HOST$/, isValue: (value) => isIP(value) !== 0 },
  { name: /_SERVICE_PORT(_[A-Z0-9_]+)?$/, isValue: (value) => PORT.test(value) },
  { name: /_PORT(_\d+_(TCP|UDP|SCTP))?$/, isValue: (value) => LINK.test(value) },
  { name: /_PORT_\d+_(TCP|UDP|SCTP)_PROTO$/, isValue: (value) => PROTOCOL.test(value) },
  { name: /_PORT_\d+_(TCP|UDP|SCTP)_PORT$/, isValue: (value) => PORT.test(value) },
  { name: /_PORT_\d+_(TCP|UDP|SCTP)_ADDR$/, isValue: (value) => isIP(value) !== 0 },
];

/**
 * Whether an environment variable has the shape of a service link: Kubernetes gives every pod `HEARSAY_PORT=tcp://…`,
 * `HEARSAY_SERVICE_HOST=…` and more of a Service called `hearsay` (or `hearsay-api`, …), and Docker's links do the same.
 * Name and value must both fit, so that a misspelt setting is not taken for one.
 */
function isServiceLink(name: string, value: string): boolean {
  return FORMS.some((form) => form.name.test(name) && form.isValue(value));
}
