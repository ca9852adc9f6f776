import { isIP } from "node:net";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { type ApiAddress, UNIX_SCHEME } from "../../control/api-address.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Endpoint, MemberName } from "../../core/member.ts";
import {
  POOL_KINDS,
  type PoolKind,
  parseServiceMapping,
  type ServiceMapping,
} from "../../pool/host/dialect.ts";
import type { PoolSecurity } from "../../pool/wire/envelope.ts";
import type { ApiFiles } from "../api/api-secrets.ts";
import { type HostPort, parseHostPort } from "../settings/host-port.ts";
import { DEFAULT_API_PORT, DEFAULT_DNS_PORT, DEFAULT_GOSSIP_PORT } from "../settings/schemas.ts";
import { checkApiTrust, requireLoopback } from "../settings/trust.ts";
import { type DaemonSettings, nameFromHost } from "../settings.ts";
import { readPoolKeys } from "./pool-key-file.ts";

/** What an operator gave, as text. */
export interface GuestChoices {
  /** Cluster addresses of members: `host:port`, port 7946 where it is left out. */
  readonly addresses: readonly string[];
  readonly pool?: string | undefined;
  readonly label?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly name?: string | undefined;
  /** Where packets come in; left out, the address that leads to the pool, and any port. */
  readonly bind?: string | undefined;
  readonly api?: string | undefined;
  readonly apiHost?: readonly string[] | undefined;
  readonly apiTokenFile?: string | undefined;
  readonly apiReadTokenFile?: string | undefined;
  readonly apiCert?: string | undefined;
  readonly apiKey?: string | undefined;
  /** Empty for the default address. */
  readonly dns?: string | undefined;
  readonly serviceFrom?: readonly string[] | undefined;
  readonly log?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly insecure?: boolean | undefined;
}

/** All settings of a guest in another engine's pool, checked. */
export interface GuestSettings extends ApiFiles {
  readonly addresses: readonly HostPort[];
  /** Undefined: found out by what the members announce. */
  readonly pool: PoolKind | undefined;
  readonly security: PoolSecurity;
  /** The label as text, empty for none. */
  readonly label: string;
  readonly keyFile: string | undefined;
  readonly name: MemberName;
  readonly bind: Endpoint | undefined;
  readonly api: ApiAddress;
  readonly apiHost: readonly string[];
  readonly dns: Endpoint | null;
  readonly services: readonly ServiceMapping[];
  readonly log: DaemonSettings["log"];
  readonly logLevel: DaemonSettings["logLevel"];
}

const LABEL_BYTES_MAX = 255;
const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** @throws ConfigError naming the setting, its value, what is allowed and what to do */
export function resolveGuestSettings(choices: GuestChoices): GuestSettings {
  const { label = "", keyFile, insecure = false } = choices;
  const labelBytes = new TextEncoder().encode(label);
  if (labelBytes.length > LABEL_BYTES_MAX) {
    throw new ConfigError(
      `label: ${labelBytes.length} bytes are too many; at most ${LABEL_BYTES_MAX} are allowed`,
    );
  }
  const keyring = keyFile === undefined ? undefined : readPoolKeys(keyFile);
  const api = apiAddress(choices.api ?? "127.0.0.1");
  const dns =
    choices.dns === undefined
      ? null
      : listenAddress("dns", choices.dns === "" ? "127.0.0.1" : choices.dns, DEFAULT_DNS_PORT);
  const { apiTokenFile, apiReadTokenFile, apiCert, apiKey } = choices;
  checkApiTrust({ apiTokenFile, apiReadTokenFile, apiCert, apiKey, insecure }, api);
  if (!insecure && dns !== null) {
    requireLoopback("dns", dns, "anyone who reaches it could read all that this guest sees");
  }
  return Object.freeze({
    addresses: choices.addresses.map(poolAddress),
    pool: choices.pool === undefined ? undefined : oneOf("pool", choices.pool, POOL_KINDS),
    security: { label: labelBytes, keyring },
    label,
    keyFile,
    // Members show it in no list; it stands in their logs where something is wrong.
    name: choices.name ?? nameFromHost(hostname(), "hearsay-guest-"),
    bind: choices.bind === undefined ? undefined : listenAddress("bind", choices.bind, 0),
    api,
    apiHost: choices.apiHost ?? [],
    apiTokenFile: apiTokenFile ?? null,
    apiReadTokenFile: apiReadTokenFile ?? null,
    apiCert: apiCert ?? null,
    apiKey: apiKey ?? null,
    dns,
    services: (choices.serviceFrom ?? []).map(parseServiceMapping),
    log: oneOf("log", choices.log ?? (process.stderr.isTTY ? "text" : "json"), ["text", "json"]),
    logLevel: oneOf("logLevel", choices.logLevel ?? "info", LOG_LEVELS),
  });
}

function poolAddress(text: string): HostPort {
  const address = parseHostPort(text, DEFAULT_GOSSIP_PORT);
  if (address !== undefined && address.port !== 0) return address;
  throw new ConfigError(
    `address: ${JSON.stringify(text)} is not the cluster address of a member; use host:port, such as ` +
      "alertmanager-0:9094 or 10.0.0.5:7946",
  );
}

function apiAddress(text: string): ApiAddress {
  if (!text.startsWith(UNIX_SCHEME)) return listenAddress("api", text, DEFAULT_API_PORT);
  const path = text.slice(UNIX_SCHEME.length);
  if (path !== "") return { path: resolve(path) };
  throw new ConfigError(
    `api: ${JSON.stringify(text)} names no socket; use unix:/path, such as unix:/run/hearsay/api.sock`,
  );
}

function listenAddress(key: string, text: string, port: number): Endpoint {
  const address = parseHostPort(text.startsWith(":") ? `127.0.0.1${text}` : text, port);
  const host = address?.host === "localhost" ? "127.0.0.1" : (address?.host ?? "");
  if (address !== undefined && isIP(host) !== 0) return { host, port: address.port };
  throw new ConfigError(
    `${key}: ${JSON.stringify(text)} is not a numeric address of this machine; use host:port, such as 127.0.0.1:${port}`,
  );
}

function oneOf<T extends string>(key: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === text);
  if (found !== undefined) return found;
  throw new ConfigError(`${key}: ${JSON.stringify(text)} is none of ${allowed.join(", ")}`);
}
