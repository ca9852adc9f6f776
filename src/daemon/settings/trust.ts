import { ConfigError } from "../../core/errors.ts";
import type { Endpoint } from "../../core/member.ts";
import { isLoopback } from "./host-port.ts";
import type { SettingValues } from "./schemas.ts";

/** What a daemon listens on. */
interface Listening {
  readonly bind: Endpoint;
  readonly api: Endpoint;
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
  if (insecure) return;
  if (keyFile === undefined) {
    const remedy = "give this node the cluster's key with --key-file (hearsay keygen makes one), ";
    requireLoopback("bind", bind, ANYBODY_JOINS, remedy);
  } else if (gossipEncryption !== "require") {
    const risk = `${ANYBODY_JOINS}, because gossipEncryption ${gossipEncryption} takes gossip without a key`;
    requireLoopback("bind", bind, risk, "choose require, ");
  }
  requireLoopback("api", api, "anyone who reaches it could control this node");
  if (dns !== null) requireLoopback("dns", dns, "anyone who reaches it could ask what runs here");
}

function requireLoopback(key: string, endpoint: Endpoint, risk: string, remedy = ""): void {
  if (isLoopback(endpoint.host)) return;
  throw new ConfigError(
    `${key}: ${endpoint.host} is not a loopback address, and ${risk}; ` +
      `${remedy}bind to 127.0.0.1 or ::1, or accept that with --insecure`,
  );
}
