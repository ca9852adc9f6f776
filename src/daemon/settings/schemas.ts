import { isIP } from "node:net";
import { resolve } from "node:path";
import { z } from "zod";
import { type SocketPath, UNIX_SCHEME } from "../../control/api-address.ts";
import type { Tags } from "../../core/member.ts";
import type { ServiceShares } from "../../discovery/directory/service-shares.ts";
import { definitionSchema } from "../../discovery/registrations/definition-schema.ts";
import type { ServiceDefinition } from "../../discovery/registrations/service-definition.ts";
import { DATAGRAM_BYTES_MAX, DATAGRAM_BYTES_MIN } from "../../wire/limits.ts";
import { parseEventHandler, parseQueryHandler } from "../messaging/handler-spec.ts";
import { type HostPort, parseHostPort } from "./host-port.ts";

/** UDP port of gossip, where none is given: that of Serf and memberlist. */
export const DEFAULT_GOSSIP_PORT = 7946;
/** TCP port of the control API, where none is given. */
export const DEFAULT_API_PORT = 7373;
/** Where DNS is served where an address names no port. */
export const DEFAULT_DNS_PORT = 8600;
const DEFAULT_DNS_ADDRESS = `127.0.0.1:${DEFAULT_DNS_PORT}`;

/** Comes back where no port was given. */
const NO_PORT = -1;

const DAY_MS = 24 * 3600 * 1000;
const COMMANDS_MAX = 16;
// No URL can have . or .. as a part of its path.
const NAME = /^(?!\.\.?$)[A-Za-z0-9._-]{1,64}$/;

/**
 * How each setting is checked, whatever it came from: text of a flag or an environment variable, or a value of the file.
 * The description of a schema completes the sentence "<key> must be …".
 */
export const SETTING_SCHEMAS = {
  name: z
    .string()
    .regex(NAME)
    .describe("1 to 64 characters of A-Z a-z 0-9 . _ -, not . or .. alone"),
  bind: hostPort(DEFAULT_GOSSIP_PORT).describe(
    "a numeric address and port, such as 127.0.0.1:7946",
  ),
  advertise: hostPort(0).describe(
    "a numeric address that the other members can reach, with or without a port, such as 10.0.0.5:7946",
  ),
  join: list(hostPort(DEFAULT_GOSSIP_PORT)).describe(
    "a list of host:port, comma separated, such as 10.0.0.5:7946,seed.example.net",
  ),
  api: apiAddress().describe(
    "a numeric address and port, such as 127.0.0.1:7373, or a Unix socket, such as unix:/run/hearsay/api.sock",
  ),
  apiHost: list(hostName()).describe(
    "a list of host names or addresses without a port, comma separated, such as hearsay,*.hearsay.example.net",
  ),
  apiTokenFile: filePath("a token file, as hearsay keygen --token makes it"),
  apiReadTokenFile: filePath("a token file, as hearsay keygen --token makes it"),
  apiCert: filePath("a certificate in PEM, with those between it and its authority"),
  apiKey: filePath("the certificate's private key in PEM"),
  profile: z.enum(["local", "lan", "wan"]).describe("local, lan or wan"),
  cluster: z.string().regex(NAME).describe("1 to 64 characters of A-Z a-z 0-9 . _ -"),
  dataDir: filePath("a directory"),
  keyFile: filePath("a key file, as hearsay keygen makes it"),
  gossipEncryption: z.enum(["accept", "prefer", "require"]).describe("accept, prefer or require"),
  tags: tagList().describe("a list of key=value, comma separated, such as rack=3,role=db"),
  services: serviceList().describe(
    "a list of name:port, comma separated, such as web:8080, or in a file of objects (docs/discovery.md)",
  ),
  allowScripts: flag(),
  panic: serviceShares().describe(
    "a percentage from 0 to 100, and others for single services after it, such as 50 or 50,web=0",
  ),
  removals: serviceShares().describe(
    "a percentage from 0 to 100, and others for single services after it, such as 25 or 25,web=100",
  ),
  flapHoldMs: whole(0, 600_000, "ms"),
  dns: z
    .preprocess((raw) => (isYes(raw) ? DEFAULT_DNS_ADDRESS : raw), hostPort(DEFAULT_DNS_PORT))
    .describe("a numeric address and port, such as 127.0.0.1:8600"),
  dnsTtlS: whole(0, 3600, "seconds"),
  deadKnownMs: whole(1_000, 30 * DAY_MS, "ms"),
  onEvent: commandList(parseEventHandler).describe(
    "a command, or what it is for and a command, such as member-changed,user-event:deploy=./notify.sh",
  ),
  onQuery: commandList(parseQueryHandler).describe(
    "a command, or the name of a query and a command, such as load=uptime",
  ),
  log: z.enum(["text", "json"]).describe("text or json"),
  logLevel: z.enum(["debug", "info", "warn", "error"]).describe("debug, info, warn or error"),
  insecure: flag(),
  allowFaults: flag(),
  probeIntervalMs: whole(20, 60_000, "ms"),
  retryWaitMsMin: whole(1, 30_000, "ms"),
  pingRetries: whole(0, 10),
  lookPhi: ranged(1, 30),
  roundWaitMs: whole(1, 60_000, "ms"),
  helpers: whole(0, 16),
  refusals: flag(),
  wires: flag(),
  spies: flag(),
  phiSuspect: ranged(1, 300),
  windowSamples: whole(8, 4096),
  graceMs: whole(0, 600_000, "ms"),
  refusalGraceMs: whole(0, 600_000, "ms"),
  crashGraceMs: whole(0, 600_000, "ms"),
  unreachableGraceMs: whole(0, 600_000, "ms"),
  frozenGraceMs: whole(0, 3_600_000, "ms"),
  suspicionUnitMs: whole(10, 60_000, "ms"),
  gossipIntervalMs: whole(5, 60_000, "ms"),
  gossipFanout: whole(1, 32),
  sendsPerLog: whole(1, 32),
  datagramBytesMax: whole(DATAGRAM_BYTES_MIN, DATAGRAM_BYTES_MAX, "bytes"),
  digestDiffersMs: whole(20, 600_000, "ms"),
  tombstoneMs: whole(60_000, 365 * DAY_MS, "ms"),
  membersMax: whole(2, 100_000),
  tombstonesMax: whole(16, 100_000),
} as const;

/** Name of a setting. */
export type SettingKey = keyof typeof SETTING_SCHEMAS;
/** Settings that were given, each as its schema reads it. */
export type SettingValues = { [K in SettingKey]?: z.output<(typeof SETTING_SCHEMAS)[K]> };

/** Names of all settings. */
export const SETTING_KEYS = Object.keys(SETTING_SCHEMAS) as readonly SettingKey[];

function whole(min: number, max: number, unit?: string) {
  const what = unit === undefined ? "a whole number" : `a whole number of ${unit}`;
  return z
    .preprocess(numberFromText, z.int().min(min).max(max))
    .describe(`${what} from ${min} to ${max}`);
}

function ranged(min: number, max: number) {
  return z
    .preprocess(numberFromText, z.number().min(min).max(max))
    .describe(`a number from ${min} to ${max}`);
}

function flag() {
  const words: Readonly<Record<string, boolean>> = {
    true: true,
    "1": true,
    false: false,
    "0": false,
  };
  const fromText = (raw: unknown) =>
    typeof raw === "string" ? (words[raw.toLowerCase()] ?? raw) : raw;
  return z.preprocess(fromText, z.boolean()).describe("true or false");
}

/** `--dns` alone, or `dns: true` in a file: the usual address. */
function isYes(raw: unknown): boolean {
  return raw === true || raw === "" || raw === "true";
}

function filePath(what: string) {
  // A message of one line names it.
  const path = z
    .string()
    .max(4096)
    .regex(/^\P{Cc}+$/u);
  return path.describe(`the path of ${what}`);
}

function apiAddress() {
  return z.string().transform((text, context): HostPort | SocketPath => {
    const path = text.startsWith(UNIX_SCHEME) ? text.slice(UNIX_SCHEME.length) : undefined;
    const parsed =
      path === undefined ? parseHostPort(text, DEFAULT_API_PORT) : { path: resolve(path) };
    if (parsed !== undefined && path !== "") return parsed;
    context.addIssue({ code: "custom", message: "not an address" });
    return z.NEVER;
  });
}

function hostPort(defaultPort: number) {
  return z.string().transform((text, context): HostPort => {
    const parsed = parseHostPort(text, defaultPort);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: "custom", message: "not host:port" });
    return z.NEVER;
  });
}

/** A name or numeric address, or `*.` and a name for all names below it; as it stands in a URL. */
function hostName() {
  return z.string().transform((text, context): string => {
    const below = text.startsWith("*.") ? "*." : "";
    const parsed = parseHostPort(text.slice(below.length).replace(/\.$/, ""), NO_PORT);
    const isUsable = parsed?.port === NO_PORT && (below === "" || isIP(parsed.host) === 0);
    if (isUsable) return below + parsed.host;
    context.addIssue({ code: "custom", message: "not a host name" });
    return z.NEVER;
  });
}

function list<T extends z.ZodType>(item: T) {
  return z.preprocess(itemsFromText, z.array(item).max(256));
}

/** Commands are not comma separated: commas are theirs. */
function commandList<T extends object>(parse: (text: string) => T | string) {
  const command = z
    .string()
    .max(4096)
    .transform((text, context): T => {
      const parsed = parse(text);
      if (typeof parsed !== "string") return parsed;
      context.addIssue({ code: "custom", message: parsed, params: { hint: parsed } });
      return z.NEVER;
    });
  const asList = (raw: unknown) => (typeof raw === "string" ? [raw] : raw);
  return z.preprocess(asList, z.array(command).max(COMMANDS_MAX));
}

function tagList() {
  const fromPairs = (raw: unknown) => {
    const items = itemsFromText(raw);
    if (!Array.isArray(items)) return raw;
    return items.some((item) => typeof item !== "string" || item.indexOf("=") < 1)
      ? raw
      : Object.fromEntries(items.map((pair: string) => splitAt(pair, pair.indexOf("="))));
  };
  const value = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
  const entries = z.record(z.string().min(1).max(128), value);
  return z.preprocess(fromPairs, entries).transform((tags): Tags => tags);
}

function serviceList() {
  const distinct = (services: readonly ServiceDefinition[]) =>
    new Set(services.map((each) => each.name.toLowerCase())).size === services.length;
  return list(definitionSchema).refine(distinct, "each service name once");
}

function serviceShares() {
  const share = z.preprocess(
    (raw) => numberFromText(typeof raw === "string" ? raw.replace(/ ?%$/, "") : raw),
    z
      .number()
      .min(0)
      .max(100)
      .transform((percent) => percent / 100),
  );
  const fromItems = (raw: unknown) => {
    const items = itemsFromText(typeof raw === "number" ? String(raw) : raw);
    if (!Array.isArray(items)) return raw;
    const [everyService, ...others] = items.map(String);
    const pairs = others.map((pair) => splitAt(pair.toLowerCase(), pair.indexOf("=")));
    return { everyService, services: Object.fromEntries(pairs) };
  };
  const shape = z.strictObject({
    everyService: share,
    services: z.record(z.string().regex(NAME), share),
  });
  return z.preprocess(fromItems, shape).transform((shares): ServiceShares => shares);
}

function itemsFromText(raw: unknown): unknown {
  const items = typeof raw === "string" ? [raw] : raw;
  if (!Array.isArray(items)) return raw;
  return items
    .flatMap((item: unknown) => (typeof item === "string" ? item.split(",") : [item]))
    .map((item) => (typeof item === "string" ? item.trim() : item))
    .filter((item) => item !== "");
}

function numberFromText(raw: unknown): unknown {
  return typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}
