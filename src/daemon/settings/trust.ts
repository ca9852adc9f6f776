import { type ApiAddress, isSocketPath } from "../../control/api-address.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Endpoint } from "../../core/member.ts";
import { isLoopback } from "./host-port.ts";
import type { SettingValues } from "./schemas.ts";

/** What a daemon listens on. */
interface Listening {
  readonly bind: Endpoint;
  readonly api: ApiAddress;
  readonly dns: Endpoint | null;
}

const ANYBODY_JOINS = "anyone who reaches it could join and send false reports";

/**
 * Whether strangers can be kept out, or the operator accepts that they are not. A loopback address is reached by this
 * machine alone.
 *
 * @throws ConfigError
 */
export function checkTrust(values: SettingValues, { bind, api, dns }: Listening): void {
  const { keyFile, gossipEncryption = "require", insecure = false } = values;
  if (keyFile === undefined && values.gossipEncryption !== undefined) {
    throw new ConfigError(
      `gossipEncryption: ${gossipEncryption} needs a key; give this node a --key-file, which hearsay keygen makes`,
    );
  }
  checkApiTrust(values, api);
  if (insecure) return;
  if (keyFile === undefined) {
    const remedy = "give this node the cluster's key with --key-file (hearsay keygen makes one), ";
    requireLoopback("bind", bind, ANYBODY_JOINS, remedy);
  } else if (gossipEncryption !== "require") {
    const risk = `${ANYBODY_JOINS}, because gossipEncryption ${gossipEncryption} takes gossip without a key`;
    requireLoopback("bind", bind, risk, "choose require, ");
  }
  if (dns !== null) requireLoopback("dns", dns, "anyone who reaches it could ask what runs here");
}

/** What decides who may use an API. */
export type ApiTrust = {
  readonly [K in "apiTokenFile" | "apiReadTokenFile" | "apiCert" | "apiKey" | "insecure"]?:
    | SettingValues[K]
    | undefined;
};

/**
 * Whether an API at that address is guarded, or the operator accepts that it is not.
 *
 * @throws ConfigError
 */
export function checkApiTrust(values: ApiTrust, api: ApiAddress): void {
  checkApiFiles(values);
  if (values.insecure !== true && !isSocketPath(api)) requireGuard(api, values);
}

/** Files of the API that say nothing without another. */
function checkApiFiles({ apiTokenFile, apiReadTokenFile, apiCert, apiKey }: ApiTrust): void {
  if (apiReadTokenFile !== undefined && apiTokenFile === undefined) {
    throw new ConfigError(
      "apiReadTokenFile: needs an --api-token-file; without one, anyone could do everything without a token",
    );
  }
  if (apiCert !== undefined && apiKey === undefined) {
    throw new ConfigError("apiCert: needs its private key; name its file with --api-key");
  }
  if (apiKey !== undefined && apiCert === undefined) {
    throw new ConfigError("apiKey: needs its certificate; name its file with --api-cert");
  }
}

/** Off loopback the API asks for a token, and nobody on the way may read that. */
function requireGuard(api: Endpoint, { apiTokenFile, apiCert }: ApiTrust): void {
  if (apiTokenFile === undefined) {
    const remedy =
      "give it a token with --api-token-file (hearsay keygen --token makes one) and a certificate with --api-cert, ";
    requireLoopback("api", api, "anyone who reaches it could control this node", remedy);
  } else if (apiCert === undefined) {
    const remedy = "give it a certificate with --api-cert and --api-key, ";
    requireLoopback("api", api, "without TLS anyone on the way could read its token", remedy);
  }
}

/**
 * What listens there without a guard is reached by this machine alone.
 *
 * @param risk what anyone else could do
 * @param remedy what the operator may do in place of that
 * @throws ConfigError
 */
export function requireLoopback(key: string, endpoint: Endpoint, risk: string, remedy = ""): void {
  if (isLoopback(endpoint.host)) return;
  throw new ConfigError(
    `${key}: ${endpoint.host} is not a loopback address, and ${risk}; ` +
      `${remedy}bind to 127.0.0.1 or ::1, or accept that with --insecure`,
  );
}
