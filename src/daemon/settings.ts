import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { type ApiAddress, isSocketPath } from "../control/api-address.ts";
import { checkNodeConfig, type NodeConfig, PROFILES } from "../core/config.ts";
import { ConfigError } from "../core/errors.ts";
import type { Endpoint, MemberName, Millis, Tags } from "../core/member.ts";
import { DEAD_KNOWN_MS_DEFAULT } from "../discovery/directory/instances.ts";
import { FLAP_HOLD_MS_DEFAULT } from "../discovery/directory/pool-steadier.ts";
import {
  PANIC_SHARES_DEFAULT,
  REMOVAL_SHARES_DEFAULT,
  type ServiceShares,
} from "../discovery/directory/service-shares.ts";
import {
  largestService,
  type ServiceDefinition,
} from "../discovery/registrations/service-definition.ts";
import type { GossipEncryption } from "../keys/keyring.ts";
import { advertisedComplaint } from "../wire/record/advertised.ts";
import type { EventHandlerSpec, QueryHandlerSpec } from "./messaging/handler-spec.ts";
import { type Interfaces, routableAddress } from "./settings/advertise-address.ts";
import { checkValues } from "./settings/check-values.ts";
import { type HostPort, isWildcard } from "./settings/host-port.ts";
import { requireReachableSeed } from "./settings/reachable-seeds.ts";
import {
  DEFAULT_API_PORT,
  DEFAULT_GOSSIP_PORT,
  SETTING_KEYS,
  SETTING_SCHEMAS,
  type SettingKey,
  type SettingValues,
} from "./settings/schemas.ts";
import {
  type GivenValues,
  gatherGivenValues,
  type SettingSources,
  serviceLinksIn,
} from "./settings/sources.ts";
import { checkTrust } from "./settings/trust.ts";
import { findKeyring } from "./storage/kept-keyring.ts";

/** All settings of a daemon, checked: a daemon can be started with them. */
export interface DaemonSettings {
  readonly name: MemberName;
  /** Where gossip is received; port 0 lets the system choose. */
  readonly bind: Endpoint;
  /** Address that the other members use; port 0 stands for the port that was bound. */
  readonly advertise: Endpoint;
  /** Seeds, names not yet resolved. Empty for a cluster of one. */
  readonly join: readonly HostPort[];
  /** Null for a node that is part of another program: it has no control API. */
  readonly api: ApiAddress | null;
  /** Host names that the API accepts, beside `localhost` and the node's addresses. */
  readonly apiHost: readonly string[];
  /** Tokens that the API asks for; null asks for none. */
  readonly apiTokenFile: string | null;
  /** Tokens that may only read. */
  readonly apiReadTokenFile: string | null;
  /** Certificate and private key of the API; null, both, for plain HTTP. */
  readonly apiCert: string | null;
  readonly apiKey: string | null;
  /** Where DNS is served, UDP and TCP; null serves none. */
  readonly dns: Endpoint | null;
  /** How long a resolver may remember an answer, in seconds. */
  readonly dnsTtlS: number;
  /** Label of the cluster: datagrams of another one are dropped. */
  readonly cluster: string;
  /** Where the incarnation, the members and the keys are kept over restarts; null keeps nothing. */
  readonly dataDir: string | null;
  /** The cluster's keys, by default those that the data directory keeps; null where gossip is in the clear. */
  readonly keyFile: string | null;
  /** What is asked of others where there are keys. */
  readonly gossipEncryption: GossipEncryption;
  readonly tags: Tags;
  readonly services: readonly ServiceDefinition[];
  /** Whether `PUT /v1/services/:name` may add script checks: any client of the API could then run programs. */
  readonly allowScripts: boolean;
  /** Below which share of its known endpoints a service is answered with all of them. */
  readonly panic: ServiceShares;
  /** Which share of a service's endpoints doubt may take out within a minute. */
  readonly removals: ServiceShares;
  /** How long consumers are not given an endpoint that comes and goes, at most. */
  readonly flapHoldMs: Millis;
  /** How long the endpoints of a dead member stay known to consumers. */
  readonly deadKnownMs: Millis;
  /** Commands that are run for events, and that answer queries. */
  readonly onEvent: readonly EventHandlerSpec[];
  readonly onQuery: readonly QueryHandlerSpec[];
  readonly log: "text" | "json";
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** The operator accepts gossip without a key, the API without token or TLS, and DNS, off loopback. */
  readonly insecure: boolean;
  /** Whoever reaches the API may break this node's links and stall it: for tests and scenarios. */
  readonly allowFaults: boolean;
  /** Environment variables under HEARSAY_ that were left alone: an orchestrator's links to a service of that name. */
  readonly serviceLinks: readonly string[];
  readonly node: NodeConfig;
}

/** Where settings come from, and the machine around; the latter has defaults. */
export interface SettingsInput extends SettingSources {
  readonly hostName?: string;
  readonly interfaces?: Interfaces;
  readonly isTerminal?: boolean;
}

/**
 * Settings from the defaults, the profile, the file, the environment and the flags, later ones winning.
 *
 * @throws ConfigError naming the key, the value, where it came from, what is allowed and what to do
 */
export function resolveSettings(input: SettingsInput): DaemonSettings {
  const given = gatherGivenValues(input);
  const values = checkValues(given);
  const bind = numericEndpoint(
    values.bind ?? { host: "127.0.0.1", port: DEFAULT_GOSSIP_PORT },
    "bind",
    given,
  );
  const wanted = values.api ?? { host: "127.0.0.1", port: DEFAULT_API_PORT };
  const api = isSocketPath(wanted) ? wanted : numericEndpoint(wanted, "api", given);
  const insecure = values.insecure ?? false;
  const dns = values.dns === undefined ? null : numericEndpoint(values.dns, "dns", given);
  // Found before the checks: a node whose keys are in its data directory is not one without keys.
  const keyFile = values.keyFile ?? findKeyring(values.dataDir);
  checkTrust({ ...values, ...(keyFile !== undefined && { keyFile }) }, { bind, api, dns });
  checkAdvertised(values.tags ?? {}, values.services ?? []);
  const interfaces = input.interfaces ?? networkInterfaces();
  requireReachableSeed(values.join ?? [], bind, interfaces);
  const terminal = input.isTerminal ?? process.stderr.isTTY === true;
  return Object.freeze({
    name: values.name ?? nameFromHost(input.hostName ?? hostname()),
    bind,
    advertise: advertisedEndpoint(values.advertise, bind, interfaces, given),
    join: values.join ?? [],
    api,
    apiHost: values.apiHost ?? [],
    apiTokenFile: values.apiTokenFile ?? null,
    apiReadTokenFile: values.apiReadTokenFile ?? null,
    apiCert: values.apiCert ?? null,
    apiKey: values.apiKey ?? null,
    dns,
    dnsTtlS: values.dnsTtlS ?? 0,
    cluster: values.cluster ?? "hearsay",
    dataDir: values.dataDir ?? null,
    keyFile: keyFile ?? null,
    gossipEncryption: values.gossipEncryption ?? "require",
    tags: values.tags ?? {},
    services: values.services ?? [],
    allowScripts: values.allowScripts ?? false,
    panic: values.panic ?? PANIC_SHARES_DEFAULT,
    removals: values.removals ?? REMOVAL_SHARES_DEFAULT,
    flapHoldMs: values.flapHoldMs ?? FLAP_HOLD_MS_DEFAULT,
    deadKnownMs: values.deadKnownMs ?? DEAD_KNOWN_MS_DEFAULT,
    onEvent: values.onEvent ?? [],
    onQuery: values.onQuery ?? [],
    log: values.log ?? (terminal ? "text" : "json"),
    logLevel: values.logLevel ?? "info",
    insecure,
    allowFaults: values.allowFaults ?? false,
    serviceLinks: serviceLinksIn(input.env),
    node: nodeConfig(values),
  });
}

function numericEndpoint(address: HostPort, key: SettingKey, given: GivenValues): Endpoint {
  if (address.host === "localhost") return { host: "127.0.0.1", port: address.port };
  if (isIP(address.host) !== 0) return address;
  throw new ConfigError(
    `${key}: "${address.host}" (from ${given.get(key)?.origin ?? "default"}) must be ${SETTING_SCHEMAS[key].description}; ` +
      "host names are resolved only for join",
  );
}

function advertisedEndpoint(
  advertise: HostPort | undefined,
  bind: Endpoint,
  interfaces: Interfaces,
  given: GivenValues,
): Endpoint {
  if (advertise === undefined) {
    if (!isWildcard(bind.host)) return bind;
    return { host: routableAddress(bind.host, interfaces), port: bind.port };
  }
  const endpoint = numericEndpoint(advertise, "advertise", given);
  if (isWildcard(endpoint.host)) {
    throw new ConfigError(
      `advertise: ${endpoint.host} is not an address that others can send to; use one of this machine`,
    );
  }
  if (isIP(endpoint.host) !== isIP(bind.host)) {
    throw new ConfigError(
      `advertise: ${endpoint.host} is not of the address family of bind (${bind.host}); use the same family for both`,
    );
  }
  return endpoint.port === 0 ? { host: endpoint.host, port: bind.port } : endpoint;
}

function checkAdvertised(tags: Tags, services: readonly ServiceDefinition[]): void {
  const complaint = advertisedComplaint(tags, services.map(largestService));
  if (complaint !== undefined)
    throw new ConfigError(`tags, services: ${complaint}; members carry them in every record`);
}

function nodeConfig(values: SettingValues): NodeConfig {
  const base = PROFILES[values.profile ?? "lan"];
  const own = Object.fromEntries(
    SETTING_KEYS.filter((key) => key in base && values[key] !== undefined).map((key) => [
      key,
      values[key],
    ]),
  );
  const config: NodeConfig = Object.freeze({ ...base, ...own });
  const complaint = checkNodeConfig(config);
  if (complaint !== undefined) throw new ConfigError(complaint);
  return config;
}

/** The name of a member that was given none: its host's, as far as a member's name can hold that. */
export function nameFromHost(host: string, prefix = ""): MemberName {
  const valid = (prefix + host.replaceAll(/[^A-Za-z0-9._-]/g, "-")).slice(0, 64);
  return valid === "" ? "node" : valid;
}
