import { PROFILES, type ProfileName } from "../../core/config.ts";
import { ConfigError } from "../../core/errors.ts";
import { FLAG_ALIASES, type FlagKind, flagKind } from "./flag-kinds.ts";
import { nearestName } from "./nearest-name.ts";
import { PROTOCOL_PURPOSES, type ProtocolKey } from "./protocol-purposes.ts";
import { SETTING_KEYS, SETTING_SCHEMAS, type SettingKey } from "./schemas.ts";
import { environmentName, flagName } from "./sources.ts";

/** One setting of a daemon, for people and programs. */
export interface SettingManual {
  readonly name: SettingKey;
  /** Such as `--grace-ms`. */
  readonly flag: string;
  readonly kind: FlagKind;
  /** Another name of the flag, without its dashes; null where there is none. */
  readonly alias: string | null;
  /** Such as `HEARSAY_GRACE_MS`. */
  readonly environment: string;
  /** What it is; a default stands behind it in brackets, except for parameters of the protocol. */
  readonly what: string;
  /** The same in one line, with its default or its value in each profile in brackets. */
  readonly summary: string;
  /** Which values are allowed. */
  readonly allowed: string;
  /** What another value brings; null for settings that are not of the protocol. */
  readonly effect: string | null;
  /** The words it is one of; null for all other settings. */
  readonly choices: readonly string[] | null;
  /** Its value in each profile; null for settings that no profile sets. */
  readonly profiles: Readonly<Record<ProfileName, number | boolean>> | null;
}

/** Every setting, in the order of `hearsay start --help`. */
export function settingsManual(): SettingManual[] {
  return SETTING_KEYS.map((name) => ({
    name,
    flag: flagName(name),
    kind: flagKind(name),
    alias: FLAG_ALIASES[name] ?? null,
    environment: environmentName(name),
    what: purposeOf(name),
    summary: summaryOf(name),
    allowed: SETTING_SCHEMAS[name].description ?? "",
    choices: settingChoices(name) ?? null,
    effect: isOfProtocol(name) ? PROTOCOL_PURPOSES[name].effect : null,
    profiles: isOfProtocol(name)
      ? { local: PROFILES.local[name], lan: PROFILES.lan[name], wan: PROFILES.wan[name] }
      : null,
  }));
}

/** Whether a profile gives the value of this setting. */
function isOfProtocol(name: SettingKey): name is ProtocolKey & SettingKey {
  return name in PROTOCOL_PURPOSES;
}

function summaryOf(name: SettingKey): string {
  if (!isOfProtocol(name)) return purposeOf(name);
  return `${PROTOCOL_PURPOSES[name].what} [${profileValues(name)}]`;
}

/** The values that a setting can have, where they are a few words. */
function settingChoices(name: SettingKey): readonly string[] | undefined {
  const { options } = SETTING_SCHEMAS[name] as { readonly options?: unknown };
  return Array.isArray(options) ? options.map(String) : undefined;
}

/** `200, 1000, 2000` for local, lan and wan; one value where all have the same. */
function profileValues(name: ProtocolKey): string {
  const values = [PROFILES.local[name], PROFILES.lan[name], PROFILES.wan[name]].map(String);
  return new Set(values).size === 1 ? (values[0] ?? "") : values.join(", ");
}

/**
 * The page of `hearsay info settings`: each setting with what it is, what is allowed, and for the protocol its value in
 * each profile and what another one brings.
 *
 * @param names of settings, as here, as options (`--grace-ms`) or as variables; all of them where there are none
 * @throws ConfigError for a name that is not a setting
 */
export function formatSettingsManual(names: readonly string[]): string[] {
  return pickSettings(names).flatMap((setting, at) => [
    ...(at === 0 ? [] : [""]),
    `${setting.name}  ${setting.flag}  ${setting.environment}`,
    `    ${setting.what}.`,
    `    Allowed: ${setting.allowed}.`,
    ...(setting.profiles === null
      ? []
      : [
          `    local ${setting.profiles.local}, lan ${setting.profiles.lan}, wan ${setting.profiles.wan}. ${setting.effect}`,
        ]),
  ]);
}

/** The settings of these names, or all. @throws ConfigError for a name that is not a setting */
export function pickSettings(names: readonly string[]): SettingManual[] {
  const all = settingsManual();
  if (names.length === 0) return all;
  return names.map((name) => {
    const found = all.find((setting) =>
      [setting.name, setting.flag, setting.flag.slice(2), setting.environment].includes(name),
    );
    if (found !== undefined) return found;
    const nearest = nearestName(name, [...SETTING_KEYS, ...all.map(({ flag }) => flag)]);
    const hint = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
    throw new ConfigError(
      `there is no setting ${JSON.stringify(name)}.${hint} (hearsay info settings lists all)`,
    );
  });
}

function purposeOf(name: SettingKey): string {
  if (isOfProtocol(name)) return PROTOCOL_PURPOSES[name].what;
  const purpose = SETTING_PURPOSES[name];
  const choices = settingChoices(name);
  if (choices === undefined || purpose.includes(choices[0] ?? "")) return purpose;
  // The words before the default in brackets.
  const at = purpose.indexOf(" [");
  const words = `: ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  return at < 0 ? purpose + words : purpose.slice(0, at) + words + purpose.slice(at);
}

/** What each setting that no profile gives is for, with its default in brackets. */
const SETTING_PURPOSES: Readonly<Record<Exclude<SettingKey, ProtocolKey>, string>> = {
  name: "Name of this node, unique in the cluster [host name]",
  bind: "Where gossip is received [127.0.0.1:7946]; port 0: any",
  advertise: "Address that the others use, if it is not the bound one",
  join: "Gossip address of any member; repeatable",
  api: "Where the control API listens [127.0.0.1:7373]; port 0: any; unix:/path: a socket for this user alone",
  apiHost: "Host name that the API accepts, beside localhost and addresses; repeatable",
  apiTokenFile:
    "Tokens that the API asks for; needed on addresses other than loopback (hearsay keygen --token)",
  apiReadTokenFile: "Tokens that may only read from the API",
  apiCert:
    "Certificate of the API, which is then served by TLS; needed on addresses other than loopback",
  apiKey: "Private key of that certificate",
  dns: "Serve DNS for load balancers, UDP and TCP [off; without an address 127.0.0.1:8600]; port 0: any",
  dnsTtlS: "Seconds that a resolver may cache an answer [0]",
  profile: "Pace of the protocol, one a cluster [lan]",
  cluster: "Label of the cluster; gossip with another label is ignored [hearsay]",
  dataDir: "Directory that keeps incarnation, keys and known members across restarts",
  keyFile: "Keys of the cluster: encrypts gossip, and ignores strangers (hearsay keygen)",
  gossipEncryption:
    "For a running cluster that moves to keys: accept also takes sealed gossip, prefer sends it, require takes nothing else [require]",
  tags: "key=value that other members see; repeatable",
  services: "name:port that this node offers; repeatable",
  allowScripts: "Let API requests register script checks, which this daemon then runs",
  panic: "Return all known endpoints when fewer than this percentage are usable [50]",
  removals:
    "Percentage of a service's endpoints that silence may remove within a minute; name=share for single services [25]",
  flapHoldMs: "Longest time that a flapping endpoint is kept out; 0 never [30000]",
  deadKnownMs: "How long the endpoints of dead members stay known to consumers [600000]",
  onEvent: "[event,…=]command run for events, JSON on its stdin; repeatable",
  onQuery: "[name=]command whose output answers queries; repeatable",
  log: "Form of the log on stderr: text or json [text on a terminal, else json]",
  logLevel: "Least important line that is logged [info]",
  insecure:
    "Accept gossip without a key, the API without token or TLS, and DNS, on addresses other than loopback",
  allowFaults: "Let the API cut and delay this node's links: for tests, never in production",
};
