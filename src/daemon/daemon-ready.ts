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
  /** Control API as `host:port`; null where the settings want none. */
  readonly api: string | null;
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
  const { endpoint, api } = resources;
  const apiAddress = api === undefined ? null : formatEndpoint(api.endpoint);
  return {
    name: settings.name,
    startId,
    endpoint,
    address: formatEndpoint(endpoint),
    api: apiAddress,
    apiUrl: apiAddress === null ? null : `http://${apiAddress}`,
    dns: resources.dns === undefined ? null : formatEndpoint(resources.dns.endpoint),
    pid: process.pid,
  };
}

/** What the control API says of the node itself. */
export function describeIdentity(
  { cluster, node }: DaemonSettings,
  { apiAddress, transport }: DaemonResources,
  { name, startId, address, pid }: DaemonReady,
): NodeIdentity {
  return {
    name,
    startId,
    address,
    api: apiAddress,
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
  return `${name} is ready: ${gossipText}, ${apiText(resources)}${dnsText}, pid ${pid}`;
}

function encryptionText({ keyring }: DaemonResources): string {
  if (keyring === undefined || keyring.encryption === "accept") return "";
  return ` encrypted with key ${keyring.primary.id}`;
}

function apiText({ api, apiAddressForOthers }: DaemonResources): string {
  if (api === undefined) return "no API";
  const where = apiAddressForOthers === null ? " (for this machine alone)" : "";
  return `API http://${formatEndpoint(api.endpoint)}${where}`;
}
