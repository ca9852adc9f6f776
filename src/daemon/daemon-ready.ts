import { formatApiAddress, formatApiUrl } from "../control/api-address.ts";
import type { NodeIdentity } from "../control/node-api.ts";
import { type Endpoint, formatEndpoint, type MemberName, type StartId } from "../core/member.ts";
import type { DaemonLog } from "./daemon-log.ts";
import type { DaemonResources } from "./resources.ts";
import type { DaemonSettings } from "./settings.ts";
import { buildCommit, packageVersion } from "./version.ts";

/** The addresses and identity that a daemon came up with. */
export interface DaemonReady {
  readonly name: MemberName;
  readonly startId: StartId;
  /** Gossip address as bound. */
  readonly endpoint: Endpoint;
  /** The same as `host:port`. */
  readonly address: string;
  /** Control API as `host:port` or `unix:/path`; null where the settings want none. */
  readonly api: string | null;
  /** The same for a client: `http://host:port`, `https://host:port` or `unix:/path`. */
  readonly apiUrl: string | null;
  /** DNS as `host:port`, where it is served. */
  readonly dns: string | null;
  readonly pid: number;
}

/** The addresses and identity of a daemon with these resources. */
export function describeReady(
  settings: DaemonSettings,
  resources: DaemonResources,
  startId: StartId,
): DaemonReady {
  const { endpoint } = resources;
  const api = resources.api?.server;
  return {
    name: settings.name,
    startId,
    endpoint,
    address: formatEndpoint(endpoint),
    api: api === undefined ? null : formatApiAddress(api.address),
    apiUrl: api === undefined ? null : formatApiUrl(api.address, api.isTls),
    dns: resources.dns === undefined ? null : formatEndpoint(resources.dns.endpoint),
    pid: process.pid,
  };
}

/** What the control API says of the node itself. */
export function describeIdentity(
  { cluster, node }: DaemonSettings,
  { api, apiAddress, transport }: DaemonResources,
  { name, startId, address, pid }: DaemonReady,
): NodeIdentity {
  return {
    name,
    startId,
    address,
    api: apiAddress,
    apiScheme: api?.server.isTls === true ? "https" : "http",
    pid,
    version: packageVersion(),
    commit: buildCommit(),
    cluster,
    probeIntervalMs: node.probeIntervalMs,
    receiveBufferBytes: transport.recvBufferBytes,
  };
}

/** Logs that the daemon is in business. */
export function noteReady(log: DaemonLog, ready: DaemonReady, resources: DaemonResources): void {
  const { name, startId, address, api, dns, pid } = ready;
  const receiveBufferBytes = resources.transport.recvBufferBytes;
  log.note("info", "ready", readyText(ready, resources), {
    name,
    address,
    api,
    ...(dns !== null && { dns }),
    pid,
    startId,
    receiveBufferBytes,
  });
  const { keyring } = resources;
  if (keyring === undefined || keyring.encryption === "require") return;
  const { encryption } = keyring;
  log.note(
    "warn",
    "warning",
    `gossipEncryption is ${encryption}: strangers are still heard; choose require once every member has the key`,
    { encryption },
  );
}

function readyText(ready: DaemonReady, resources: DaemonResources): string {
  const { name, address, dns, pid } = ready;
  const dnsText = dns === null ? "" : `, DNS ${dns}`;
  const gossipText = `gossip ${address}${encryptionText(resources)}`;
  return `${name} is ready: ${gossipText}, ${apiText(ready, resources)}${dnsText}, pid ${pid}`;
}

function encryptionText({ keyring }: DaemonResources): string {
  if (keyring === undefined || keyring.encryption === "accept") return "";
  return ` encrypted with key ${keyring.primary.id}`;
}

function apiText({ apiUrl }: DaemonReady, { apiAddressForOthers }: DaemonResources): string {
  if (apiUrl === null) return "no API";
  const where = apiAddressForOthers === null ? " (for this machine alone)" : "";
  return `API ${apiUrl}${where}`;
}
